// Reading a file in a worker as tests read their goldens: at once, from the site that the worker came from.

/** The text of the file that the site has at `url`; throws if it has none. */
export function readFileSync(url: URL): string {
  const request = new XMLHttpRequest();
  request.open('GET', url, false);
  request.send();
  if (request.status !== 200) throw new Error(`${url.pathname} is not served.`);
  return request.responseText;
}
