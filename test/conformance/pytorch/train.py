"""Trains modules of PyTorch, saves them as people do, and tells what they answer on rows they were not trained on."""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.export import Dim

warnings.filterwarnings("ignore")
FOLDER = Path(sys.argv[1])
ROWS = 6
ANSWERS = {}
torch.manual_seed(0)


class Tagger(nn.Module):
    """Words of a sentence to a class: embedding, attention, LSTM."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(50, 16)
        self.encoder = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        self.lstm = nn.LSTM(16, 12, batch_first=True)
        self.head = nn.Linear(12, 3)

    def forward(self, tokens):
        found, _ = self.lstm(self.encoder(self.embedding(tokens)))
        return self.head(found[:, -1]).softmax(1)


class Branches(nn.Module):
    """A loop and a condition on values, which tracing cannot see."""

    def forward(self, x):
        if bool(x.sum() > 1e9):
            x = -x
        for _ in range(3):
            x = x * 0.5 + 1
        return x


class Unknown(nn.Module):
    def forward(self, x):
        return torch.linalg.eigvals(x @ x.transpose(1, 2)).real


perceptron = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3), nn.Softmax(1))
pictures = nn.Sequential(
    nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(8, 16, 3, stride=2), nn.GELU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 5),
)


def trained(module, x):
    """A few steps towards anything, so that the weights are nobody's defaults."""
    optimizer = torch.optim.Adam(module.parameters(), 0.01)
    for _ in range(5):
        optimizer.zero_grad()
        module(x).pow(2).mean().backward()
        optimizer.step()
    return module.eval()


def tell(name, file, module, x, input_name):
    with torch.no_grad():
        answers = module(x).numpy().astype(np.float64).reshape(len(x), -1)
    ANSWERS[name] = {"file": file, "inputs": {input_name: x.tolist()}, "answers": answers.tolist()}


def keep_program(name, module, x, held_out, input_name="input", rows=Dim("rows", max=1024)):
    shapes = None if rows is None else ({0: rows},)
    torch.export.save(torch.export.export(module, (x,), dynamic_shapes=shapes), FOLDER / f"{name}.pt2")
    if held_out is not None:
        tell(name, f"{name}.pt2", module, held_out, input_name)


x = torch.randn(8, 4)
keep_program("perceptron", trained(perceptron, x), x, torch.randn(ROWS, 4))
image = torch.randn(4, 3, 16, 16)
keep_program("pictures", trained(pictures, image), image, torch.randn(ROWS, 3, 16, 16))
words = torch.randint(0, 50, (4, 7))
tagger = trained(Tagger(), words)
keep_program("words", tagger, words, torch.randint(0, 50, (ROWS, 7)), "tokens")
keep_program("fixed", perceptron, torch.randn(2, 4), torch.randn(2, 4), rows=None)
keep_program("unknown", Unknown(), torch.randn(2, 3, 3), None, rows=None)

traced = torch.jit.trace(perceptron, x)
traced.save(str(FOLDER / "traced.pt"))
np.save(FOLDER / "rows.npy", torch.randn(5, 4).numpy())
np.save(FOLDER / "three.npy", torch.randn(3, 4).numpy())
torch.jit.script(Branches()).save(str(FOLDER / "branches.pt"))
torch.save(perceptron.state_dict(), FOLDER / "weights.pt")
torch.save(tagger, FOLDER / "pickled.pt")
held_out = torch.randn(ROWS, 4)
for name, module in (("traced", perceptron), ("branches", Branches())):
    tell(name, f"{name}.pt", module, held_out, "input" if name == "traced" else "x")
(FOLDER / "answers.json").write_text(json.dumps(ANSWERS))
