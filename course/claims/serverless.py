"""Six statements about serverless, three for it and three against it, each with a test that it could fail."""

from .claim import Claim
from .cold import ColdOrBusy
from .control import OneAtATime
from .long_tasks import LongTasks
from .paying import PayingForUse
from .rising import SuddenRise
from .setting_up import SettingUp

PAY_AS_YOU_GO = Claim(
    id="S+1",
    statement="Serverless is cost-effective, for one pays as one goes",
    metric="US dollars a month",
    hold="two machines that are busy for a fifth of their time",
    comparison="two machines with two cores each, the least that availability asks for",
    fail="two machines that are busy for three fifths of their time",
    knob="busy share of the machines' time",
    holds_at=0.2, fails_at=0.6, realistic=(0.05, 0.8),
    false_when="machines are busy for more than the break-even share of their time, or functions wait while they are "
               "paid, or each step of a request costs a fee of its own",
    not_modelled=("free tiers", "transfer of data", "logs", "people", "discounts for machines that are kept for years",
                  "memory that a function needs without its processor"),
    would_flip="A function that waits for another service: it is paid for the wait, a machine does other work.",
    experiment=PayingForUse(),
)

SCALES_ITSELF = Claim(
    id="S+2",
    statement="Serverless scales by itself with demand",
    metric="percent of requests not answered within 10 seconds",
    hold="a rise to 20 requests at once, a limit of 40",
    comparison="machines that an autoscaler adds, by Kubernetes' rule and with a measured boot time",
    fail="a limit of 4 at once",
    knob="requests at once that the account's limit leaves to the functions",
    holds_at=40, fails_at=4, realistic=(1, 1000),
    false_when="the account's limit is below what the traffic needs, or what stands behind the functions is full",
    not_modelled=("the time to fetch a large image", "an autoscaler that foresees the rise",
                  "other functions of the account, which rise too", "clients that try again when they are refused"),
    would_flip="A database with few connections: then the functions scale, and their calls are refused.",
    experiment=SuddenRise(),
)

SIMPLER = Claim(
    id="S+3",
    statement="Serverless is simple to deploy",
    metric="steps until all of it runs, repeated ones included",
    hold="one function",
    comparison="one application on machines of its own",
    fail="40 functions that call one another in a row",
    knob="functions in the system",
    holds_at=1, fails_at=40, realistic=(1, 100),
    false_when="the functions are many, so that what triggers them and what they may call outnumber what machines need",
    not_modelled=("learning the rules of a provider", "finding a fault without the platform", "moving to another one",
                  "tools that write all steps down once", "how long a step takes"),
    would_flip="A platform team that gives each application a machine with everything set up.",
    experiment=SettingUp(),
    proxy="Steps, choices and what no test at home shows stand for simplicity.",
)

CONTROL = Claim(
    id="S-1",
    statement="Serverless gives little control over the infrastructure",
    metric="US dollars for a million requests",
    hold="a model whose batch takes 20 ms and 2 ms for each request in it",
    comparison="a container that takes up to 16 requests at once, 60 requests a second",
    fail="a model that takes 2 ms for each request and nothing for a batch",
    knob="milliseconds for any batch, beside 2 for each request in it",
    holds_at=20, fails_at=0, realistic=(0, 100),
    false_when="a batch saves nothing, or the model is light, or the platform hands over several requests at once",
    not_modelled=("every other control that is missing: one of them stands for all", "memory for a large batch",
                  "graphics processors, which functions seldom have", "where an instance runs", "the network"),
    would_flip="A platform that lets an instance have several requests at once, as some do.",
    experiment=OneAtATime(),
)

COLD = Claim(
    id="S-2",
    statement="Serverless has cold starts, which make it late",
    metric="seconds, 99th percentile of the response time",
    hold="a call each 10 minutes",
    comparison="one machine that is always on, with one worker",
    fail="5 calls in 2 seconds",
    knob="seconds between two calls, on average",
    holds_at=600, fails_at=0.4, realistic=(0.01, 3600),
    false_when="calls come often and evenly, or nobody waits for the answer, or instances are provisioned, which are "
               "paid while they are idle",
    not_modelled=("loading libraries and models", "a platform that changes its idle time with its load",
                  "differences between regions", "clients that keep a function warm by calling it"),
    would_flip="Calls that come steadily, a few a minute or more: fewer than one in a hundred is cold.",
    experiment=ColdOrBusy(),
)

LONG = Claim(
    id="S-3",
    statement="Serverless may not suit tasks that run long",
    metric="percent of tasks not done within three times their mean",
    hold="tasks of 10 minutes on average, a limit of 15 minutes",
    comparison="machines with four cores that are busy for three fifths of their time",
    fail="tasks of one minute on average",
    knob="minutes that a task takes on average",
    holds_at=10, fails_at=1, realistic=(0.1, 120),
    false_when="tasks are far shorter than the limit, or are cut into parts, or save what they have done",
    not_modelled=("what it costs to save", "parts that are slower than the others", "moving data to the parts",
                  "a limit on parts at once", "machines that fail in the middle of a task"),
    would_flip="Work that can be cut: 60 parts at once are done before one machine has done much.",
    experiment=LongTasks(),
)

CLAIMS = (PAY_AS_YOU_GO, SCALES_ITSELF, SIMPLER, CONTROL, COLD, LONG)
