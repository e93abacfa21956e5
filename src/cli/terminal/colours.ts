// Colours for a terminal and none for a file or a pipe. picocolors also colours if the environment says CI, whose
// logs are files as often as not; FORCE_COLOR and NO_COLOR have the last word, as everywhere.
import picocolors from 'picocolors';

const { FORCE_COLOR, NO_COLOR } = process.env;
const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== '0';
const isTerminal = process.stdout.isTTY && picocolors.isColorSupported && !NO_COLOR;

export const colours = picocolors.createColors(forced || Boolean(isTerminal));
