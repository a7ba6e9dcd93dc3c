"""Trains models of Keras and TensorFlow, saves them as people do, and tells what they answer on rows they were not trained on."""

import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf
from keras import layers

FOLDER = Path(sys.argv[1])
ROWS = 6
ANSWERS = {}
keras.utils.set_random_seed(0)
random = np.random.default_rng(1)


def tell(name, file, model, x, input_name):
    answers = np.asarray(model(x), dtype=np.float64).reshape(len(x), -1)
    ANSWERS[name] = {"file": file, "inputs": {input_name: x.tolist()}, "answers": answers.tolist()}


def trained(model, x, classes):
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, random.integers(0, classes, len(x)), epochs=2, verbose=0)
    return model


def numbers(*shape):
    return random.normal(size=shape).astype(np.float32)


inputs = keras.Input((4,), name="x")
outputs = layers.Dense(3, activation="softmax", name="p")(layers.Dense(16, activation="relu")(inputs))
perceptron = trained(keras.Model(inputs, outputs), numbers(64, 4), 3)
held_out = numbers(ROWS, 4)
perceptron.save(FOLDER / "perceptron.keras")
tell("perceptron", "perceptron.keras", perceptron, held_out, "x")
perceptron.save(FOLDER / "older.h5")
tell("older", "older.h5", perceptron, held_out, "x")
perceptron.export(FOLDER / "exported", verbose=False)
tell("exported", "exported", perceptron, held_out, "x")

pictures = keras.Sequential([
    keras.Input((16, 16, 3), name="image"), layers.Conv2D(8, 3, padding="same"), layers.BatchNormalization(), layers.ReLU(),
    layers.MaxPooling2D(), layers.DepthwiseConv2D(3), layers.GlobalAveragePooling2D(), layers.Dropout(0.5), layers.Dense(5, activation="softmax"),
])
trained(pictures, numbers(32, 16, 16, 3), 5).save(FOLDER / "pictures.keras")
tell("pictures", "pictures.keras", pictures, numbers(ROWS, 16, 16, 3), "image")

tokens = keras.Input((7,), dtype="int32", name="tokens")
hidden = layers.Embedding(50, 16)(tokens)
hidden = layers.LayerNormalization()(hidden + layers.MultiHeadAttention(2, 8)(hidden, hidden))
words = keras.Model(tokens, layers.Dense(3, activation="softmax")(layers.LSTM(12)(hidden)))
trained(words, random.integers(0, 50, (32, 7)), 3).save(FOLDER / "words.keras")
tell("words", "words.keras", words, random.integers(0, 50, (ROWS, 7)).astype(np.int32), "tokens")
np.save(FOLDER / "tokens.npy", random.integers(0, 50, (5, 7)))


class Plain(tf.Module):
    """TensorFlow without Keras."""

    def __init__(self):
        self.weights = tf.Variable(numbers(4, 2))

    @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32, name="x")])
    def __call__(self, x):
        return {"y": tf.where(x[:, :2] > 0, tf.tanh(x @ self.weights), tf.reduce_sum(x, 1, keepdims=True))}


plain = Plain()
tf.saved_model.save(plain, str(FOLDER / "plain"), signatures=plain.__call__)
tell("plain", "plain", lambda x: plain(x)["y"], held_out, "x")


class Strange(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32, name="x")])
    def __call__(self, x):
        return {"y": tf.math.bessel_i0e(x)}


strange = Strange()
tf.saved_model.save(strange, str(FOLDER / "strange"), signatures=strange.__call__)
code = keras.Sequential([keras.Input((4,)), layers.Lambda(lambda x: x * 2)])
code.save(FOLDER / "code.keras")
code.save(FOLDER / "code.h5")
perceptron.save_weights(FOLDER / "only.weights.h5")
(FOLDER / "answers.json").write_text(json.dumps(ANSWERS))
