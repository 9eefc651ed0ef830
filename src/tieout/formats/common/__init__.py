"""What every reader needs: the source of bytes, its text, dates, amounts, XML, and the contract."""
