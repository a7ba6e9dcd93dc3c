"""Runs test modules of a folder against SIRVE_HTTP and SIRVE_GRPC; one JSON line per test on stdout.

run.py FOLDER [PATTERN]
"""

import json
import sys
import unittest


class Lines(unittest.TestResult):
    def startTest(self, test):
        super().startTest(test)
        self.problems = []

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            self.problems.append(f"{subtest._subDescription()}: {self._exc_info_to_string(error, test)}")

    def addError(self, test, error):
        super().addError(test, error)
        self.problems.append(self._exc_info_to_string(error, test))

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.problems.append(self._exc_info_to_string(error, test))

    def stopTest(self, test):
        super().stopTest(test)
        name = ".".join(test.id().split(".")[-3:])
        print(json.dumps({"name": name, "problems": self.problems}), flush=True)


suite = unittest.defaultTestLoader.discover(sys.argv[1], pattern=(sys.argv[2:] or ["test_*.py"])[0])
result = Lines()
suite.run(result)
# A module that cannot be imported is a test of its own that fails, so it is among the lines.
sys.exit(0 if result.wasSuccessful() and result.testsRun > 0 else 1)
