"""Studies, consent per study, and the de-identified tables that leave."""
