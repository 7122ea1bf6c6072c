"""How it runs: definitions, schedule, sensors, the warehouse, the operations ledger, settings and the command line.

No rule about data stands here: what exists is in `assets`, what it means in `schemas`, what is flagged in `sql`.

Importing this package switches off what its dependencies would send or keep of their own accord: telemetry, and the
texts of errors, which may quote a delivered value.
"""

import os

os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")
os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DAGSTER_REDACT_USER_CODE_ERRORS", "1")
