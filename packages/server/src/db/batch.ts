/** How clearing away is cut into pieces. */

/** How many rows one statement clears away: so few that no request notices. */
export const BATCH = 25
