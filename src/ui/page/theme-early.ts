import { applyTheme, chosenTheme } from './theme.js';

// Before anything is drawn.
applyTheme(chosenTheme());
