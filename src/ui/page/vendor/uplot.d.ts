// The server sends the package's own file at this place.
export { default } from 'uplot';
