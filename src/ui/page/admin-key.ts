/** For this tab only: it is gone when the tab is closed. */
const NAME = 'metaerr-admin-key';

export const storedKey = (): string | null => sessionStorage.getItem(NAME);

export const storeKey = (key: string): void => sessionStorage.setItem(NAME, key);

export const forgetKey = (): void => sessionStorage.removeItem(NAME);
