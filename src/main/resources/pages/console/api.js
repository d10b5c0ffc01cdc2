// The public API of the server: calls by the Connect protocol in JSON, and WebSockets. The token is kept here alone.

const SERVICE = "/plexspaces.processgroups.v1.ProcessGroupService/";
const SUBPROTOCOL = "processgroups.v1.json";
const TIMEOUT = 15000;

let token = "";

/** What the server said when it refused something, for people. */
export class Refused extends Error {
  constructor(message, code, status) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export function useToken(text) {
  token = text.trim();
}

/** Who the token is of, as it says itself; empty: nobody knows. */
export function subject() {
  try {
    const part = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(part), c => c.charCodeAt(0)))).sub ?? "";
  } catch {
    return "";
  }
}

/** @param request an object, or JSON as it stands */
export async function call(method, request) {
  const headers = {"Content-Type": "application/json", "Connect-Protocol-Version": "1"};
  if (token) {
    headers.Authorization = "Bearer " + token;
  }
  const body = typeof request === "string" ? request : JSON.stringify(request);
  const answer = await reach(SERVICE + method, {method: "POST", headers, body, credentials: "omit"});
  const said = await answer.text();
  if (answer.ok) {
    return JSON.parse(said || "{}");
  }
  throw refusal(answer.status, said);
}

async function reach(path, options) {
  try {
    return await fetch(path, {...options, signal: AbortSignal.timeout(TIMEOUT)});
  } catch (failure) {
    throw new Refused("The server does not answer: " + failure.message, "unreachable", 0);
  }
}

function refusal(status, said) {
  try {
    const error = JSON.parse(said);
    return new Refused(error.message || error.code, error.code, status);
  } catch {
    return new Refused(said.slice(0, 300).trim() || "HTTP " + status, "http", status);
  }
}

export async function status() {
  const answer = await reach("status", {credentials: "omit"});
  if (!answer.ok) {
    throw refusal(answer.status, await answer.text());
  }
  return answer.json();
}

/** A WebSocket that shows its token, if there is one, as a subprotocol: a page cannot send headers there. */
export function socket(path) {
  const protocols = token ? [SUBPROTOCOL, "bearer." + token] : [SUBPROTOCOL];
  return new WebSocket(location.origin.replace(/^http/, "ws") + path, protocols);
}
