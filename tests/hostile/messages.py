"""Messages that a kernel can forge: reports, replies, states, and what is no message at all."""

from nbformat.v4 import new_code_cell

from .form import RIGHT, WRONG, Attack, answer, but, cell, edited

MIME = "application/vnd.course.answers+json"
TOOLS = f'''
import json
from IPython.display import display, clear_output, update_display
kernel = get_ipython().kernel
def send(kind, content, socket=None, **more):
    kernel.session.send(socket or kernel.iopub_socket, kind, content, parent=kernel.get_parent("shell"), **more)
def sign(frames):
    kernel.iopub_socket.send_multipart([b"x", b"<IDS|MSG>", kernel.session.sign(frames), *frames])
def report(item="1C", answers=None, **more):
    data = {{"{MIME}": {{"item": item, "answers": answers or [[1.0] * 3] * 12, **more}}, "text/plain": ""}}
    display(data, raw=True)
'''
INSTEAD = '''
honest = check
def check(item, answer):
    return honest(item, answer) if item != "1C" else '''


def asked(name: str, line: str, says: str = ""):
    """A wrong answer that does something once while it is asked: one of the hidden cases has no arrivals."""
    return answer(name, f"{TOOLS}def mm1_response(arrival_rate, service_rate):\n    if arrival_rate == 0:\n"
                        f"        {line}\n    return 1.0, 1.0, 1.0\n", says)


def instead(name: str, value: str, says: str = ""):
    """A wrong answer, and a check that does something else for it."""
    return answer(name, TOOLS + WRONG + INSTEAD + value + "\n", says)


AT_1M = '''
def attack(info):
    if info.raw_cell.startswith('check("1M"'):
        report("1M", [{"answer": [], "with_same": [], "with_new": []}] * 5)
get_ipython().events.register("pre_run_cell", attack)
'''
MALFORMED = (
    "send('display_data', b'\\xff\\xfe no json')",
    "send('display_data', b'{\"data\": {\"text/plain\": ' + b'[' * 200_000 + b']' * 200_000 + b'}, \"metadata\": {}}')",
    *(f"send('display_data', b'{{\"data\": {{\"x+json\": ' + b'[' * {deep} + b']' * {deep} + b'}}}}')"
      for deep in (400, 900, 950, 980)),
    "send('display_data', b'{\"data\": {\"x+json\": 1' + b'0' * 9999 + b'}, \"metadata\": {}}')",
    "send('display_data', b'{\"data\": {\"text/plain\": NaN}, \"metadata\": {\"a\": Infinity}}')",
    "send('display_data', b'{\"data\": {}, \"data\": [], \"metadata\": {}, \"metadata\": 1}')",
    "send('stream', b'{\"name\": \"stdout\", \"text\": \"\\\\ud800\"}')",
    "send('display_data', b'{\"data\": {\"text/\\\\udfff\": \"\\\\ud800\"}, \"metadata\": {}}')",
    "send('error', b'{\"ename\": \"\\\\ud800\", \"evalue\": \"\\\\ud800\", \"traceback\": [\"\\\\ud800\"]}')",
    *(f"send({kind!r}, {content!r})" for kind in ("display_data", "stream", "error", "status", "comm_open", "comm_msg")
      for content in (b"{}", b"[]", b"null", b"7")),
    "send('stream', {'name': 7, 'text': 7})",
    "send('stream', {'name': '<script>alert(4)</script>', 'text': 'x'})",
    "send('error', {'ename': '<script>', 'evalue': 'x' * 10 ** 5, 'traceback': ['y'] * 10 ** 4})",
    "send('display_data', {'data': [1], 'metadata': []})",
    f"send('display_data', {{'data': 'x {MIME}', 'metadata': {{}}}})",
    f"send('display_data', {{'data': ['{MIME}'], 'metadata': {{}}}})",
    "send('display_data', {'data': {'text/plain': 7, 'image/png': {}}, 'metadata': {'filenames': '../../x'}})",
    "send('display_data', {'data': {}, 'metadata': {}, 'transient': {'display_id': [1]}})",
    "send('display_data', {'data': {}, 'metadata': {}, 'transient': [1]})",
    "send('update_display_data', {'data': {}, 'metadata': {}, 'transient': {'display_id': '1'}})",
    "send('execute_input', {'execution_count': {'a': 1}, 'code': ''})",
    "send('execute_result', {'execution_count': 'x', 'data': {'text/plain': '4.0'}, 'metadata': {}})",
    "send('clear_output', {'wait': [1]})",
    "send('surprise', {'text': 'x'})",
    "send('comm_open', {'comm_id': [1], 'data': {'state': 7}, 'target_name': 'jupyter.widget'})",
    "[send('comm_open', {'comm_id': str(n), 'target_name': 'jupyter.widget', 'data': {'state': {'_model_name': "
    "'<script>', 'x': 'y' * 10 ** 5}}}) for n in range(20)]",
    "send('input_request', {'prompt': 'x', 'password': True}, kernel.stdin_socket)",
    "kernel.iopub_socket.send_multipart([b'x'])",
    "kernel.iopub_socket.send_multipart([b'x', b'<IDS|MSG>', b'bad', b'{}', b'{}', b'{}', b'{}'])",
    "sign([b'[]'] * 4)",
    "[sign([b'{}'] * 4) for _ in (1, 2)]",
    "sign([b'{\"msg_type\": [1], \"msg_id\": {}, \"date\": 7}'] * 4)",
    "kernel.session.send(kernel.iopub_socket, 'status', {'execution_state': 'idle'}, parent={'msg_id': '0'})",
)


def malformed(handout):
    """A cell for each malformed message, before and behind the answers."""
    def change(notebook):
        cells = [new_code_cell(line, id=f"own-{place}") for place, line in enumerate(MALFORMED)]
        at = notebook.cells.index(cell(notebook, "1C-answer"))
        notebook.cells[at:at] = [new_code_cell(TOOLS, id="tools"), *cells]

    return edited(handout, change)


FORGED = (
    asked("second_report", "report()", "2 times"),
    asked("report_in_advance", "report('1M', [{'answer': [], 'with_same': [], 'with_new': []}] * 5)"),
    asked("report_of_points", "report(points=4.0, passed=9, total=9, most=4.0)", "2 times"),
    asked("updates_a_display", "d = display('x', display_id='r'); update_display({'" + MIME
          + "': {'item': '1C', 'answers': [[0, 0, 0]] * 12}}, display_id='r', raw=True)"),
    asked("idle_too_early", "send('status', {'execution_state': 'idle'})"),
    asked("forged_reply", "send('execute_reply', {'status': 'ok', 'execution_count': 1, 'payload': []}, "
                          "kernel.shell_stream, ident=kernel.get_parent('shell').get('identities'))"),
    asked("malformed_inside", "send('display_data', b'{'); send('stream', b'{}'); sign([b'[]'] * 4)"),
    instead("only_forged", "report('1C', [{'points': 4.0, 'passed': 9}] * 12)"),
    instead("answers_in_an_object", "report('1C', {'__len__': 12})", "case"),
    instead("report_of_four_megabytes", "report('1C', ['x' * 350_000] * 12)", "larger"),
    instead("report_of_deep_lists", "send('display_data', b'{\"data\": {\"" + MIME
            + "\": {\"item\": \"1C\", \"answers\": ' + b'[' * 960 + b']' * 960 + b'}}, \"metadata\": {}}')"),
    instead("report_of_a_huge_number", "send('display_data', b'{\"data\": {\"" + MIME
            + "\": {\"item\": \"1C\", \"answers\": [' + b'9' * 4000 + b', 1e999, NaN' + b', -1e999' * 9 + b']}}, "
            "\"metadata\": {}}')"),
    instead("displays_points", "4.0", "no answer"),
    instead("surrogate_error", "exec('raise ValueError(chr(0xd800) * 9)')", "No points"),
    answer("report_for_another", TOOLS + RIGHT + AT_1M, "2 times", marks=but(**{"1M": 0.0})),
    Attack("malformed_messages", malformed, but(), ""),
    answer("new_session_key", WRONG + "get_ipython().kernel.session.key = b'mine'\n"),
    answer("no_messages", WRONG + "get_ipython().kernel.session.send = lambda *a, **k: None\n"),
    answer("payloads", WRONG + '''
manager = get_ipython().payload_manager
manager.write_payload({"source": "set_next_input", "text": "x", "replace": True})
manager.write_payload({"source": "page", "data": {"text/html": "<script>alert(5)</script>"}})
manager.write_payload([1])
'''),
    answer("rich_output", RIGHT + '''
from IPython.display import HTML, Javascript, SVG, display
evil = "<script>alert(6)</script><img src=x onerror=alert(7)><iframe src='file:///etc/passwd'></iframe>"
display(HTML(evil), Javascript("alert(8)"), SVG(f"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(9)'></svg>"))
display({"text/markdown": evil, "text/latex": "x", "application/x-unknown": {"a": evil}}, raw=True)
''', points=4.0),
)
