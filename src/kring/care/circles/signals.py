"""What the rooms above may need to hear of, within the same transaction."""

from django.dispatch import Signal

follows = Signal()
"""The client linked another team or none, or paused, closed or opened the circle. Says: circle_id."""
