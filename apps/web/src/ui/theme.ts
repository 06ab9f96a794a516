import {
  type BrandVariants,
  createDarkTheme,
  createLightTheme,
  type Theme,
} from '@fluentui/react-components';

/** Deep teal; 80 is the brand colour itself, 6.1 : 1 on white. */
const brand: BrandVariants = {
  10: '#021414',
  20: '#042525',
  30: '#063636',
  40: '#074545',
  50: '#085252',
  60: '#095c5c',
  70: '#0a6565',
  80: '#0b6e6e',
  90: '#1f8080',
  100: '#379292',
  110: '#4fa3a3',
  120: '#69b4b4',
  130: '#84c4c4',
  140: '#a1d4d4',
  150: '#c0e4e4',
  160: '#e0f3f3',
};

const fonts = {
  fontFamilyBase: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
  // Faces with a slashed or dotted zero, which is what keeps 0 and O apart.
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', Consolas, 'DejaVu Sans Mono', monospace",
};

export const lightTheme: Theme = { ...createLightTheme(brand), ...fonts };

/** Links and brand text a step lighter than Fluent's, to keep 4.5 : 1 on cards. */
export const darkTheme: Theme = {
  ...createDarkTheme(brand),
  ...fonts,
  colorBrandForeground1: brand[120],
  colorBrandForeground2: brand[130],
  colorBrandForegroundLink: brand[120],
  colorBrandForegroundLinkHover: brand[130],
  colorBrandForegroundLinkPressed: brand[110],
  colorCompoundBrandForeground1: brand[120],
};
