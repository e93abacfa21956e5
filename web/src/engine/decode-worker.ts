// The decode worker of the site, a file of its own.
import '../../../src/platform/web/decode-worker.ts';
