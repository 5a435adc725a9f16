"""Planning the next trial: power and numbers by simulation with the model that will analyse it."""

from kring.evaluation.power.design import Plan, TrialDesign, read_plan
from kring.evaluation.power.plan import PlanResult, Power, power_of, run
from kring.evaluation.power.words import plan_html, plan_text

__all__ = ["Plan", "PlanResult", "Power", "TrialDesign", "plan_html", "plan_text", "power_of", "read_plan", "run"]
