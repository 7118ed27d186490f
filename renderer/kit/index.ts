export { announce, Announcer } from './announcer.tsx';
export { Badge } from './badge.tsx';
export type { Tone } from './badge.tsx';
export { Button, IconButton } from './button.tsx';
export { cx } from './cx.ts';
export { AlertDialog, Dialog, FormDialog } from './dialog.tsx';
export { Checkbox, Input, SearchBox, Slider, Switch, Textarea } from './field.tsx';
export {
  formatBytes,
  formatCompact,
  formatLanguage,
  formatDateTime,
  formatDay,
  formatDuration,
  formatNumber,
  formatPercent,
  formatPrice,
  formatSpeed,
  formatTimeOfDay,
  formatTokens,
  formatUsd,
  formatWhen,
} from './format.ts';
export { Labelled } from './labelled.tsx';
export { Listbox } from './listbox.tsx';
export { ContextMenu, DropdownMenu } from './menu.tsx';
export type { MenuItem } from './menu.tsx';
export type { RoomDoor } from './room.ts';
export { NameDialog } from './name-dialog.tsx';
export type { NameDialogProps } from './name-dialog.tsx';
export { RoomHeader, RoomWaiting } from './room-header.tsx';
export { RouteLine } from './route-line.tsx';
export type { RouteStop } from './route-line.tsx';
export { Select } from './select.tsx';
export type { SelectOption } from './select.tsx';
export { Kbd, Meter, VisuallyHidden } from './small.tsx';
export { SplitPane } from './split-pane.tsx';
export { EmptyState, ErrorState, Skeleton } from './states.tsx';
export { Table } from './table.tsx';
export type { TableColumn } from './table.tsx';
export { Tabs } from './tabs.tsx';
export { Time } from './time.tsx';
export { toast, Toaster } from './toast.tsx';
export { Tooltip, TooltipRoom } from './tooltip.tsx';
export { useWidth } from './use-width.ts';
