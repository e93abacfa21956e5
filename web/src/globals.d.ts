/** The version of graft, filled in when the site is built. */
declare const __VERSION__: string;
/** The address of a folder with the catalogue's files, where the site was built for a mirror; else empty. */
declare const __WEIGHTS_URL__: string;

declare module '*?raw' {
  const text: string;
  export default text;
}
declare module '*.css';
