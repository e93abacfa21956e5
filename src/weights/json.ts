// JSON.parse keeps the last of two equal keys and says nothing. In a weights file the second would hide the first, so that two
// readers could see two different networks in it: safetensors forbids that, and this finds it.

/**
 * The first key that stands twice in one object of `text`, or undefined where there is none.
 * `text` must be valid JSON: only then can its strings and brackets be told apart by their shape alone.
 */
export function findDuplicateKey(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (const [token, key] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (key !== undefined) {
      const name = JSON.parse(key) as string;
      const names = open.at(-1);
      if (names?.has(name)) return name;
      names?.add(name);
    } else if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
  }
  return undefined;
}
