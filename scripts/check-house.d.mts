export function checkHouse(root: string): readonly string[];
