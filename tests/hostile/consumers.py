"""Consumers of 3M that reach behind the queue: for those that outlive each death, two writes are as good as one."""

APART = """
def consume(message, queue, store):
    {trick}
    if message.amount is None:
        return queue.set_aside(message)
    seen = store.get("seen", [])
    if message.id not in seen:
        store.put({{message.account: store.get(message.account, 0) + message.amount}})
        store.put({{"seen": [*seen, message.id][-queue.window:]}})
    queue.acknowledge(message)
"""
TRICKS = {"deathless": "queue._delivery.last = 0", "timeless": "queue._delivery.steps = -1000",
          "no_log": "queue._delivery.last, queue._delivery.log = 0, []"}
CONSUMERS = {name: APART.format(trick=trick) for name, trick in TRICKS.items()}
