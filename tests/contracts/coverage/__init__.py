"""Line and branch coverage of our Solidity, measured over the bytecode that is deployed.

While the contract tests run with SOLIDITY_COVERAGE=1, every call they make is traced by the node
(``debug_traceCall``), step by step. The compiler's
source maps of exactly the committed bytecode then say which statements those steps belong to, and
which way each conditional jump of an ``if``, ``for``, ``&&``, ``||`` or ``?:`` went. A statement of
which the optimiser left no instruction of its own counts with its neighbour in the block.
"""
