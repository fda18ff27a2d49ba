"""Where each exercise is written."""

from collections.abc import Iterator, Mapping
from importlib import import_module

from .exercise import Exercise

PLACES = {
    "0A": "start", "0B": "start", "0C": "start",
    "1P": "monolith_predict", "1C": "monolith_calculate", "1M": "monolith_modify",
    "1D": "monolith_design", "1E": "monolith_explain",
    "2P": "microservices_predict", "2C": "microservices_calculate", "2M": "microservices_modify",
    "2D": "microservices_design", "2E": "microservices_contract",
    "3P": "event_driven_predict", "3C": "event_driven_calculate", "3M": "event_driven_modify",
    "3D": "event_driven_design", "3E": "event_driven_explain",
    "4P": "lambda_predict", "4C": "lambda_calculate", "4M": "lambda_modify",
    "4D": "lambda_design", "4E": "lambda_explain",
    "5P": "serverless_predict", "5C": "serverless_calculate", "5M": "serverless_modify",
    "5D": "serverless_design", "5E": "serverless_explain",
    "6P": "choosing_predict", "6R": "choosing_rule", "6H": "choosing_hunt",
    "7P": "pipeline_predict", "7C": "scalability", "7I": "incidents",
    "8P": "capstone_predict", "8A": "capstone_designs", "8T": "capstone_results", "8M": "capstone_station",
}


class Exercises(Mapping[str, Exercise]):
    """Exercises by item; each is imported when it is first asked for."""

    def __getitem__(self, item: str) -> Exercise:
        if item not in PLACES:
            raise KeyError(f"there is no exercise {item!r}: it is one of {', '.join(PLACES)}")
        module = import_module(f".{PLACES[item]}", __package__)
        return next(one for one in module.EXERCISES if one.id == item)

    def __iter__(self) -> Iterator[str]:
        return iter(PLACES)

    def __len__(self) -> int:
        return len(PLACES)


EXERCISES = Exercises()
