"""Starts the worker under a name of its own, so that no module of the user's is taken for one of ours."""

import importlib
import importlib.util
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
NAME = "_sirve_worker"

# Python put this folder in front: a user's `import tensors` would find ours.
sys.path[:] = [path for path in sys.path if os.path.abspath(path) != HERE]
spec = importlib.util.spec_from_file_location(
    NAME, os.path.join(HERE, "__init__.py"), submodule_search_locations=[HERE]
)
package = importlib.util.module_from_spec(spec)
sys.modules[NAME] = package
spec.loader.exec_module(package)

importlib.import_module(NAME + ".serve").main()
