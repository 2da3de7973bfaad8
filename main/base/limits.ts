/**
 * Every limit of the house, with its reason. A limit protects memory, time or a promise; over it the
 * answer is a clear Fault (or a truncated, marked result), never a crash. Each has a test at and over it.
 */
const KiB = 1024;
const MiB = 1024 * KiB;

/** Header block read as headers; what follows is kept as bytes and reported as a defect. 2 MB blocks exist. */
export const MAX_HEADER_BYTES = 4 * MiB;
/** Header fields looked at in one part. */
export const MAX_HEADER_FIELDS = 10_000;
/** Parts that get a node of their own in the MIME tree; the rest stay inside their parent's bytes. */
export const MAX_PARTS = 10_000;
/** Nesting of multiparts and attached letters; deeper content is shown as an attachment. */
export const MAX_DEPTH = 100;
/** Text of one letter that is decoded for reading and for the index. The bytes are always all kept. */
export const MAX_TEXT_CHARS = 4 * MiB;
/** Characters of one letter that enter the search index, its attachments included. */
export const MAX_INDEXED_CHARS = 1 * MiB;
/** Recipients kept as addresses from one header field. */
export const MAX_ADDRESSES = 10_000;
/** Largest letter that is accepted from disk or from a server. */
export const MAX_MESSAGE_BYTES = 1024 * MiB;
/** Letters larger than this pass through a spool file instead of memory. */
export const SPOOL_ABOVE_BYTES = 8 * MiB;
/** Size at which a segment is sealed; a record never spans two segments. */
export const SEGMENT_BYTES = 64 * MiB;
/** Uncompressed bytes in one zstd frame of a blob: the unit of random access. */
export const BLOB_FRAME_BYTES = 256 * KiB;
/** Rows that one window query may ask for. */
export const MAX_WINDOW_ROWS = 500;
/** A frame on the contract's wire (request, reply or event). */
export const MAX_CONTRACT_FRAME_BYTES = 64 * MiB;
/** A line of a text protocol before the connection is given up. */
export const MAX_LINE_BYTES = 64 * KiB;
/** Prepared statements kept per connection; a program has some hundreds of distinct texts. */
export const STATEMENT_CACHE = 500;
/** A query that takes longer than this, in ms, is logged: one frame of a list is 16 ms. */
export const SLOW_QUERY_MS = 100;
/** Writes that share one commit: enough to spread an fsync, few enough to lose little on a failure. */
export const GROUP_WRITES = 512;
/** Ms after which a group is committed although more writes wait, so that its first caller is answered. */
export const GROUP_MS = 15;
/** Changes kept in the change log; whoever is further behind compares afresh. */
export const CHANGES_KEPT = 100_000;
/** One remote picture of a letter; larger is a film or a trap. */
export const MAX_PICTURE_BYTES = 15 * MiB;
/** Characters of a typed query that are looked at. */
export const MAX_QUERY_CHARS = 2000;
/** Terms of a typed query; each may become dozens of index look-ups. */
export const MAX_QUERY_TERMS = 64;
/** One literal of an IMAP server: letters are asked for in pieces, so a larger one was not asked for. */
export const MAX_IMAP_LITERAL_BYTES = 64 * MiB;
/** Connections to one account's server: watching, synchronising, and for what the person waits for (C31). */
export const MAX_IMAP_CONNECTIONS = 3;
/** Ms that a TLS handshake may take. */
export const HANDSHAKE_MS = 30_000;
/** Ms without a drained buffer after which a peer that does not read is cut off (rule G3). */
export const SLOW_READER_MS = 60_000;
/** Octets of commands queued for one session before its socket is paused (rule G2). */
export const PIPELINE_BYTES = 64 * KiB;
/** Ms that bytes of an expunged message stay readable for sessions that have not been told (rule G12). */
export const EXPUNGED_KEPT_MS = 24 * 60 * 60 * 1000;
/** Default largest message of the office server: SIZE and APPENDLIMIT (rule S24). */
export const OFFICE_MESSAGE_BYTES = 50 * MiB;
/** Default and least number of recipients of one message (rule S25, RFC 5321 section 4.5.3.1.8). */
export const OFFICE_RECIPIENTS = 500;
export const LEAST_RECIPIENTS = 100;
/** One string of a prepared ENVELOPE or BODYSTRUCTURE; longer header values are cut there, never in the message. */
export const MAX_WIRE_STRING_BYTES = 64 * KiB;
