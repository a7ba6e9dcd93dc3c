"""Client of Sirve model servers: numpy and pandas in and out, and the management of models.

>>> from sirve import Client
>>> with Client("http://127.0.0.1:8080") as sirve:
...     sirve.predict("churn", [{"tenure": 12, "plan": "basic"}]).predictions
"""

from .client import Client
from .errors import SirveError
from .prediction import Prediction
from .registry import Registry

__all__ = ["Client", "Prediction", "Registry", "SirveError"]
