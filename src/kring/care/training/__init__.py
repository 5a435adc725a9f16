"""Learning on the job: programmes, practice with real people, feedback, coaching, and what came of it."""
