"""A worker process to be killed: ``python -m tests.chain.worker_process URL DATABASE``."""

from __future__ import annotations

import sys

from chain import OutboxWorker
from tests.chain.ledger import make_app, make_chain


def main(url: str, database: str) -> None:
    chain = make_chain(url, batch_items_max=3)
    app = make_app(chain, database)
    with app.app_context():
        worker = OutboxWorker(chain, lease_s=1, resend_s=1)
        while True:
            worker.run_once()


if __name__ == "__main__":
    main(*sys.argv[1:])
