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
/** Octets of one IMAP command line before login (rule I70): no sign-in needs more. */
export const IMAP_LINE_BEFORE_LOGIN = 8 * KiB;
/** One literal before login (RFC 7888 LITERAL-), and how many of them in a command (rule I70). */
export const IMAP_LITERAL_BEFORE_LOGIN = 4 * KiB;
export const IMAP_LITERALS_BEFORE_LOGIN = 3;
/** Octets of one segment of a command line after login (rule I71), those of sequence sets not counted (I56). */
export const IMAP_LINE_BYTES = 64 * KiB;
/** The same with everything counted: a set of 100 KiB must work, an endless one must not. */
export const IMAP_LINE_WITH_SETS_BYTES = 512 * KiB;
/** Literals of one command together, APPEND's letters apart (rule I71). */
export const IMAP_LITERALS_BYTES = 256 * KiB;
/** Literals of one command: each costs a turn. */
export const IMAP_LITERALS = 1000;
/** A refused literal or line that is read to its end to keep the connection; above it: BYE (rule I2). */
export const IMAP_SWALLOWED_BYTES = 1 * MiB;
/** Depth of parentheses in a command (rule I71). */
export const IMAP_NESTING = 50;
/** BADs in a row before login and after it until the session is closed (rule I1); garbage before login (I70). */
export const IMAP_BADS_BEFORE_LOGIN = 10;
export const IMAP_BADS = 50;
export const IMAP_GARBAGE_BEFORE_LOGIN = 3;
/** Ms without a command until autologout: before login, and after it (rule I7, RFC 9051 section 5.4). */
export const IMAP_LOGIN_MS = 120_000;
export const IMAP_IDLE_MS = 30 * 60_000;
/** Ms between signs of life: of a command that runs long, and of IDLE (rule I75). */
export const IMAP_INPROGRESS_MS = 15_000;
export const IMAP_STILL_HERE_MS = 120_000;
/** Octets written and not yet taken by the peer before a session stops producing (rule I73). */
export const IMAP_OUTPUT_BYTES = 1 * MiB;
/** Changes of a mailbox kept for a session that does not ask; above it the session catches up by modseq. */
export const IMAP_CHANGES_KEPT = 2000;
/** Octets of one level of a mailbox name, and levels (rule I34). */
export const MAILBOX_LEVEL_BYTES = 255;
export const MAILBOX_LEVELS = 20;
/** Mailboxes of one person, and names one person is subscribed to: a LIST of them all stays below 2 s. */
export const MAX_MAILBOXES = 10_000;
/** Keywords one mailbox can hold (rule I57), and the length of one in octets. */
export const MAX_KEYWORDS = 200;
export const MAX_KEYWORD_BYTES = 255;
/** Ms that a mailbox remembers which UIDs were expunged, and how many of them at most (rule I63). */
export const EXPUNGED_REMEMBERED_MS = 30 * 24 * 60 * 60 * 1000;
export const EXPUNGED_REMEMBERED = 100_000;
/** Octets of an arriving letter kept in memory; a longer one goes to a file of the spool folder. */
export const INTAKE_MEMORY_BYTES = 1 * MiB;
/** Octets of an SMTP command line with its CRLF (RFC 5321 section 4.5.3.1.4); MAIL and RCPT carry extensions (rule S20). */
export const SMTP_COMMAND_BYTES = 512;
export const SMTP_PATH_COMMAND_BYTES = 2048;
/** AUTH and its continuations (RFC 4954 section 4). */
export const SMTP_AUTH_BYTES = 12_288;
/** A reply line with its CRLF (RFC 5321 section 4.5.3.1.5). */
export const SMTP_REPLY_BYTES = 512;
/** A path with its brackets (RFC 5321 section 4.5.3.1.3). */
export const SMTP_PATH_BYTES = 256;
/** A text line with its CRLF that every host takes (RFC 5321 section 4.5.3.1.6): bound of what is relayed. */
export const SMTP_TEXT_LINE_BYTES = 1000;
/** A text line that is still taken for our own mailboxes: programs write whole paragraphs in one line. */
export const LONGEST_LOCAL_LINE_BYTES = 64 * KiB;
/** Messages in one SMTP session (LIMITS MAILMAX, RFC 9422). */
export const SMTP_MESSAGES = 100;
/** Errors in one SMTP session; from the fourth each is answered late, so that guessing addresses is slow (rule S27). */
export const SMTP_ERRORS = 20;
export const SMTP_ERRORS_AT_ONCE = 3;
export const SMTP_TARPIT_MS = 2000;
/** Failed sign-ins in one session (rule S17). */
export const SMTP_SIGN_IN_FAILURES = 3;
/** Ms that the next command or the next octets of a message are waited for (RFC 5321 section 4.5.3.2.7). */
export const SMTP_IDLE_MS = 5 * 60 * 1000;
/** Received lines after which a message is taken to run in a circle (RFC 5321 section 6.3). */
export const RECEIVED_LINES = 100;
/** Ms after which the name of a peer's address is no longer waited for (rule S56). */
export const REVERSE_NAME_MS = 1500;
/** Ms that a submission is remembered, so that one sent again is not delivered again (rule S58). */
export const SUBMISSION_SEEN_MS = 24 * 60 * 60 * 1000;
/** Small letters, and their octets, that go to an ingest thread in one call. */
export const INGEST_BATCH = 32;
export const INGEST_BATCH_BYTES = 1 * MiB;
/** Octets of one decoded SASL message: a line of 12,288 octets is the protocols' limit (RFC 4954 section 4). */
export const MAX_SASL_BYTES = 12 * KiB;
/** Rounds of PBKDF2 in a new SCRAM verifier; at least 15,000 (rule G7). About 20 ms of one core. */
export const SCRAM_ROUNDS = 60_000;
/** Password derivations at once: of the four crypto threads two stay free for files and names. */
export const DERIVATIONS_AT_ONCE = 2;
/** Sign-ins that wait for a derivation; above it a peer is told to come back. */
export const DERIVATIONS_WAITING = 500;
/** Ms that a successful password is remembered, so that a client with five connections costs one derivation. */
export const SIGNED_IN_KEPT_MS = 5 * 60 * 1000;
/** Characters of a password; longer ones would only keep the processor busy. */
export const MAX_PASSWORD_CHARS = 1000;
/** Messages one transaction flags, moves or expunges; others' writes come in between (about 20 ms). */
export const WRITE_SLICE = 4000;
/** Items of one FETCH, and header names in one of its sections (rule I71). */
export const IMAP_FETCH_ITEMS = 100;
export const IMAP_HEADER_NAMES = 100;
/** Octets of sections that one message's answer may hold in memory; larger ones are streamed from the blob. */
export const IMAP_ANSWER_IN_MEMORY = 128 * KiB;
/** Messages whose small sections are read together, and their octets: one call to a thread in place of many. */
export const IMAP_GROUP_MESSAGES = 64;
export const IMAP_GROUP_BYTES = 1 * MiB;
/** Messages whose \Seen is set in one write before their bodies are sent. */
export const IMAP_SEEN_BATCH = 200;
/** Messages of one MULTIAPPEND (rule I72). */
export const IMAP_APPEND_MESSAGES = 100;
/** Rows, and octets of their prepared texts, in one batch of a FETCH: framed in a few ms. */
export const ROW_BATCH = 1000;
export const ROW_BATCH_BYTES = 512 * KiB;
/** Sessions of one service, of one peer, of a peer in a trusted network, of one person over IMAP (rule G13). */
export const SESSIONS_PER_SERVICE = 200;
export const SESSIONS_PER_PEER = 30;
export const SESSIONS_PER_TRUSTED_PEER = 100;
export const SESSIONS_PER_PERSON = 30;
/** SMTP connections and messages of one peer that is not trusted and did not sign in (rule S54). */
export const CONNECTIONS_PER_MINUTE = 30;
export const MESSAGES_PER_MINUTE = 60;
/** What one signed-in person may send (rule S54). */
export const MESSAGES_PER_HOUR = 100;
export const RECIPIENTS_PER_HOUR = 200;
/** Failed sign-ins of one peer in this many ms that end in a ban of as many ms (rule G9). */
export const SIGN_IN_FAILURES = 10;
export const SIGN_IN_WINDOW_MS = 15 * 60 * 1000;
export const BAN_MS = 15 * 60 * 1000;
/** Ms an account is slowed down at most: nobody may lock another person out by failing in their name. */
export const ACCOUNT_THROTTLE_MS = 8000;
/** Ms that a sign-in is held back at most; one that would have to wait longer is refused. */
export const SIGN_IN_WAIT_MS = 60_000;
/** Peers, accounts and pairs of them that the guard remembers: some megabytes, whatever a flood brings. */
export const GUARD_ENTRIES = 10_000;
/** Messages whose flags one STORE changes in one go: fewer than IMAP_CHANGES_KEPT, so that the own change is known as such. */
export const IMAP_STORE_GROUP = 1000;
/** Letters one step of the mailstore's sweep lets go: a few ms of the writer. */
export const SWEEP_SLICE = 300;
/** Keys of one search program of an IMAP client (rule I71). */
export const IMAP_SEARCH_KEYS = 1000;
/** Mailboxes that one NOTIFY watches; above it NOTIFICATIONOVERFLOW (RFC 5465 section 5.8). */
export const IMAP_NOTIFY_MAILBOXES = 1000;

/** Connections to the office's HTTP port at a time: programs ask once, a watcher every few seconds. */
export const MAX_WEB_CONNECTIONS = 64;
/** Ms for a whole request to it, and for a connection that asks nothing more. */
export const WEB_REQUEST_MS = 10_000;

/** Octets of one listing of a maildrop (UIDL, LIST, CAPA): a million letters with their unique-ids. */
export const POP3_LISTING_BYTES = 96 * MiB;
/** RETR, TOP or DELE commands sent ahead of their answers (RFC 2449 section 6.6); 10 octets each, so no buffer fills up. */
export const POP3_PIPELINE = 64;
/** Filters kept as chips above every list: more than fit in two rows of them help nobody. */
export const MAX_KEPT_FILTERS = 30;
/** Heads of groups of one list: past this a list by sender is grouped by first letters. A head is some 100 octets of an answer. */
export const MAX_GROUP_HEADS = 2000;
/** Rows of which the tree keeps count incrementally, over all saved searches: 8 octets each. Larger ones are counted anew. */
export const MAX_COUNTED_KEYS = 2_000_000;

/** Characters of a rule's pattern: what a person types, not a program. */
export const RULE_PATTERN_CHARS = 256;
/** Instructions of its compiled program; a counted repeat multiplies them. */
export const RULE_PATTERN_SIZE = 512;
/** Characters of one text that a pattern looks at. */
export const RULE_PATTERN_TEXT = 16 * KiB;
/** Instructions times characters of one match: some milliseconds on a slow machine, whatever the pattern. */
export const RULE_PATTERN_STEPS = 120_000;
/** Octets that a matcher may learn of one pattern: some hundred states; two hundred patterns keep 13 MB. */
export const RULE_PATTERN_MEMORY = 64 * KiB;
/** Characters of a letter's text that "contains" looks at. */
export const RULE_BODY_CHARS = 256 * KiB;
/** Characters of letters that a preview of rules keeps for its next question: 5,000 of 6,000 characters each. */
export const RULE_ROOM_CHARS = 30_000_000;
/** Questions of all rules that are switched on: a thousand rules of ten. */
export const MAX_RULE_QUESTIONS = 10_000;
/** Groups within groups of one rule. */
export const MAX_RULE_DEPTH = 20;
/** A letter that has passed more servers than this is not sent on by a rule: it goes in a ring. The longest ways seen have 20. */
export const RULE_MOST_HOPS = 40;
/** A letter larger than this is not fetched for a rule's sake; its rules wait until somebody opens it. */
export const RULE_FETCH_BYTES = 10 * MiB;
/** Letters of a finder of duplicates that share a name with another: twice a large mailbox imported again. 300 octets each. */
export const MAX_DUPLICATE_CANDIDATES = 500_000;
/** Profiles of one computer: the people of a shared desk many times over. */
export const MAX_PROFILES = 50;
/** Letters of one mail merge: an office's whole address book, and a table that is looked through in a blink. */
export const MAX_MERGE_LETTERS = 5000;
/** Octets of the table of a mail merge. */
export const MAX_MERGE_TABLE_BYTES = 16 * MiB;
/** Octets of all letters of a mail merge together: they lie in the outbox and again in Sent. */
export const MAX_MERGE_BYTES = 1024 * MiB;

/** Octets of a file of contacts: 50,000 with photographs of some; it is read whole in a thread. */
export const CONTACTS_FILE_BYTES = 256 * MiB;
/** Contacts taken from one file; the rest is told as not read. */
export const CONTACTS_IN_FILE = 100_000;
/** Octets of a contact's photograph: what address books make of one has some dozens of KiB. */
export const CONTACT_PHOTO_BYTES = 1 * MiB;
/** Ms that a directory may take while somebody types: later than that nobody looks at the answer. */
export const DIRECTORY_LOOKUP_MS = 3000;
/** Ms for connecting to a directory and for each of its answers, where nobody types. */
export const DIRECTORY_ANSWER_MS = 20_000;
/** Entries of one page of a directory (RFC 2696); servers allow 500 to 1000. */
export const DIRECTORY_PAGE = 500;
/** Entries of a directory that are copied; a larger one needs a narrower filter. */
export const DIRECTORY_ENTRIES = 100_000;
