"""A partner in Python: charges a job through the API, and hears the team's events by webhooks. It needs the standard library only."""

import base64
import hashlib
import hmac
import json
import os
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

GATEWAY = os.environ.get("CREDITS_GATEWAY", "http://127.0.0.1:4000")
KEY = os.environ["CREDITS_API_KEY"]

CREATE = """mutation ($input: CreateWebhookEndpointInput!) { result: createWebhookEndpoint(input: $input) {
  ... on CreatedWebhookEndpoint { secret endpoint { id } } ... on Error { code message } } }"""
CHARGE = """mutation ($input: ChargeUsageInput!) { result: chargeUsage(input: $input) {
  ... on Charge { amount } ... on Error { code message } } }"""
RECEIPT = "query ($reference: String!) { team { receipt(reference: $reference) { held charged refunded } } }"


def ask(query, variables):
    """The `data` of an answer. The API answers failures of business as data, and all others as `errors`."""
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    body = json.dumps({"query": query, "variables": variables}).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{GATEWAY}/graphql", body, headers), timeout=30) as response:
        answer = json.load(response)
    if "errors" in answer:
        raise RuntimeError(answer["errors"][0]["message"])
    return answer["data"]


def result(query, **fields):
    answer = ask(query, {"input": fields})["result"]
    if "code" in answer:
        raise RuntimeError(answer["message"])
    return answer


def is_genuine(secret, headers, body):
    """Whether a request is the gateway's, by Standard Webhooks: a package of that name does the same."""
    event, second = headers["webhook-id"], headers["webhook-timestamp"]
    if not second.isdigit() or abs(time.time() - int(second)) > 300:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"{event}.{second}.".encode() + body, hashlib.sha256).digest()
    expected = "v1," + base64.b64encode(signed).decode()
    return any(hmac.compare_digest(expected, one) for one in headers["webhook-signature"].split())


class Receiver(BaseHTTPRequestHandler):
    secret = None
    heard = set()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.secret is None or not is_genuine(self.secret, self.headers, body):
            return self.answer(401)
        # Each event comes at least once: its id tells a repetition. A partner keeps the ids in its database.
        event = self.headers["webhook-id"]
        if event not in self.heard:
            self.heard.add(event)
            print(json.loads(body)["type"], flush=True)
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "3001"))), Receiver)
Thread(target=server.serve_forever, daemon=True).start()
url = os.environ.get("PUBLIC_URL", f"http://127.0.0.1:{server.server_port}") + "/credits"
Receiver.secret = result(CREATE, url=url, types=["CREDITS_CHARGED", "BALANCE_LOW"])["secret"]
print(f"Listening at {url}", flush=True)

# The reference names the job for people, the key makes the charge happen once.
result(CHARGE, usage=[{"rate": "image.flux-2-pro"}], reference="job-1", idempotencyKey="job-1")
receipt = ask(RECEIPT, {"reference": "job-1"})["team"]["receipt"]
print(f"job-1 cost {receipt['charged']} credits", flush=True)

try:
    while True:
        time.sleep(1)
except KeyboardInterrupt:
    server.shutdown()
