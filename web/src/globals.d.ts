/** The version of graft, filled in when the site is built. */
declare const __VERSION__: string;

declare module '*?raw' {
  const text: string;
  export default text;
}
declare module '*.css';
