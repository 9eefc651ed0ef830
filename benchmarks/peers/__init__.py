"""One script a peer: reads an instance's Parquet files, writes the pairs it found.

Each runs as `python -m benchmarks.peers.NAME FOLDER`, in an interpreter that has the peer.
"""
