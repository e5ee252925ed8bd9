//! The typed frames that cross this crate's edge.
//!
//! Each frame is a [`polars::prelude::DataFrame`] with a name, a schema and an order, built by
//! its `try_new` alone, which checks all three. Columns ending in `_idx` point at rows of the
//! frame that they name: `service_idx` into [`ServiceFrame`], `series_idx` into [`SeriesFrame`].

mod calls;
mod edge_metrics;
mod edge_windows;
mod excursions;
mod follows;
mod happenings;
mod operations;
mod series;
mod services;
mod timeline;
mod transitions;
mod windows;

use polars::prelude::{Column, DataFrame, DataType};

use crate::error::IngestError;

pub use calls::{CallFrame, CallRow};
pub use edge_metrics::{EdgeMetricFrame, EdgeMetricRow};
pub use edge_windows::{EdgeWindowFrame, EdgeWindowRow};
pub use excursions::{ExcursionFrame, ExcursionRow};
pub use follows::{ANY, END, FollowFrame, FollowRow, START};
pub use happenings::{HappeningFrame, HappeningRow};
pub use operations::{OperationFrame, OperationRow};
pub use series::{SeriesFrame, SeriesRow};
pub use services::{ServiceFrame, ServiceRow};
pub use timeline::{TimelineFrame, TimelineRow};
pub use transitions::{TransitionFrame, TransitionRow};
pub use windows::{WindowFrame, WindowRow};

/// Name and dtype of a frame's columns.
pub type FrameSchema = &'static [(&'static str, DataType)];

/// Checks names, dtypes and width, and that no column is longer than another.
pub(crate) fn checked(
    frame: &'static str,
    schema: FrameSchema,
    columns: Vec<Column>,
) -> Result<DataFrame, IngestError> {
    let wrong = |what: String| IngestError::Frame { frame, what };
    if columns.len() != schema.len() {
        return Err(wrong(format!("{} columns, must be {}", columns.len(), schema.len())));
    }
    for (column, (name, dtype)) in columns.iter().zip(schema) {
        if column.name().as_str() != *name || column.dtype() != dtype {
            return Err(wrong(format!(
                "column `{}` of {}, must be `{name}` of {dtype}",
                column.name(),
                column.dtype()
            )));
        }
    }
    DataFrame::new_infer_height(columns).map_err(|e| wrong(e.to_string()))
}

/// Defines a typed frame from its row type: the frame, its schema, and both directions.
///
/// Rows are plain structs, so that callers on either side of the crate edge never spell a column
/// name; the frame is what is exported, joined and shown in notebooks.
macro_rules! typed_frame {
    (
        $(#[$frame_doc:meta])* $frame:ident of $(#[$row_doc:meta])* $row:ident {
            $( $(#[$field_doc:meta])* $field:ident : $ty:ty => $dtype:ident ),+ $(,)?
        }
    ) => {
        $(#[$row_doc])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $row { $( $(#[$field_doc])* pub $field: $ty ),+ }

        $(#[$frame_doc])*
        #[derive(Clone, Debug)]
        pub struct $frame { df: polars::prelude::DataFrame, rows: Vec<$row> }

        impl $frame {
            /// Names and dtypes, in order.
            pub const SCHEMA: crate::frames::FrameSchema = &[
                $( (stringify!($field), polars::prelude::DataType::$dtype) ),+
            ];

            /// Builds the frame from rows in their documented order.
            ///
            /// # Errors
            /// [`crate::IngestError::Frame`] if a dtype is not what the schema says.
            pub fn try_new(rows: Vec<$row>) -> Result<Self, crate::IngestError> {
                use polars::prelude::NamedFrom as _;
                let columns = vec![ $({
                    let values: Vec<$ty> = rows.iter().map(|r| r.$field.clone()).collect();
                    polars::prelude::Series::new(stringify!($field).into(), values).into()
                }),+ ];
                let df = crate::frames::checked(stringify!($frame), Self::SCHEMA, columns)?;
                Ok(Self { df, rows })
            }

            /// The Polars frame.
            #[must_use]
            pub const fn df(&self) -> &polars::prelude::DataFrame { &self.df }

            /// The same content as rows.
            #[must_use]
            pub fn rows(&self) -> &[$row] { &self.rows }
        }
    };
}
pub(crate) use typed_frame;
