//! What reading one file may take: a file beyond a limit is read up to it and says that something is left.

/// Files beyond this are not opened. The largest plans, scanned, are smaller.
pub(super) const FILE: usize = 128 << 20;
/// Text kept of one file. A plan of 300 pages has half a megabyte; the indexes that find words in it take twenty times as
/// much as the text.
pub(super) const TEXT: usize = 2 << 20;
/// A file that is text as a whole (CSV, TXT, RTF, saved pages) is read this far.
pub(super) const FLAT: usize = 32 << 20;
/// One part of an archive. The text of the longest plans takes a tenth.
pub(super) const PART: u64 = 64 << 20;
/// All parts of an archive together.
pub(super) const ARCHIVE: u64 = 192 << 20;
/// Parts of an archive looked at.
pub(super) const PARTS: usize = 5000;
/// Files read out of an archive that bundles documents.
pub(super) const BUNDLED: usize = 100;
/// Pages of all bundled files together.
pub(super) const BUNDLED_PAGES: usize = 600;
/// Elements in elements, groups in groups; Word writes about thirty.
pub(super) const DEPTH: usize = 500;
/// Cells of one file. The longest lists of agencies have some ten thousand.
pub(super) const CELLS: usize = 200_000;
/// Columns that are kept.
pub(super) const COLUMNS: usize = 200;
/// A repeated row or cell is shown at most so often: sheets repeat empty ones to the edge of the page.
pub(super) const REPEAT: usize = 200;
/// Sheets that are read.
pub(super) const SHEETS: usize = 60;
/// Slides that are read.
pub(super) const SLIDES: usize = 500;
/// Strings that the cells of a workbook share.
pub(super) const STRINGS: usize = 1_000_000;
