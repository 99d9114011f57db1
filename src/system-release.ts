/** Release of the service, as in package.json. */
export const RELEASE = '0.1.0';
