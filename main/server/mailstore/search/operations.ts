/** Named reads and writes of the search; operations.ts of the mailstore puts them into the program. */
export const searchReads = {};
export const searchWrites = {};
