/** How much is told of the nodes beside a run: so many of their types. */
export const SHOWN_TYPES = 3;
