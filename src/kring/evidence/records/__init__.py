"""Records: from search exports to one clean list, with a ledger of what came from where."""
