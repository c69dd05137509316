"""The My Number Card: from bytes on a reader to a judged certificate. Only `pcsc` knows pyscard."""
