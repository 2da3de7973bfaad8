/** Marks of a letter; a row keeps them as bits, the n-th flag as bit n. Apart from the shapes so that threads load no validator. */
export const FLAGS = ['seen', 'answered', 'flagged', 'deleted', 'draft', 'forwarded', 'junk'] as const;
