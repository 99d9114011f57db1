/** A child of a pool that dies of every order. */
process.on('message', () => process.exit(3));
