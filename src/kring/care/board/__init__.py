"""The day of a FACT team: caseload, board, morning meeting, how well the method is carried out."""
