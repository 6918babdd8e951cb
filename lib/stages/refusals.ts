/** Why a choice cannot be made: apart from the choosing, so that who only has to know them loads nothing else. */

/** The node at a position is another one than the list says. */
export class OtherSnapshot extends Error {}

/** References are asked about that the stream does not have. */
export class NoReferences extends Error {}
