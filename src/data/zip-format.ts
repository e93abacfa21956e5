/** What a zip archive is made of, after PKWARE's APPNOTE 6.3: entries, then their directory, then its end record. */

export const LOCAL_HEADER = 0x04034b50;
export const DIRECTORY_ENTRY = 0x02014b50;
export const END_RECORD = 0x06054b50;
/** The twins of the end record for archives whose sizes or counts take 64 bits, and where to find them. */
export const END64_RECORD = 0x06064b50;
export const END64_LOCATOR = 0x07064b50;

export const LOCAL_LENGTH = 30;
export const DIRECTORY_LENGTH = 46;
export const END_LENGTH = 22;
export const END64_LENGTH = 56;
export const LOCATOR_LENGTH = 20;

/** The value of a 16- or 32-bit field whose real value stands in 64 bits elsewhere. */
export const SHORT_IN_64 = 0xffff;
export const LONG_IN_64 = 0xffffffff;
/** The extra field that holds those of an entry. */
export const EXTRA_64 = 1;

export const STORED = 0;
export const DEFLATED = 8;
/** Flags of an entry: its content is encrypted; its name is UTF-8. */
export const ENCRYPTED = 1;
export const UTF8 = 0x800;
