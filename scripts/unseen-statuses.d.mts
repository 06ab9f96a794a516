export function unseenStatuses(folder: string): string[];
