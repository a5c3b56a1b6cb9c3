//! Brackets, line breaks and `...`: which elements appear, and where. Knows nothing of how an element is written.

use hloom_ir::{DType, Type};

use super::PrintOptions;
use super::element::ElementFormat;
use super::value::Value;

/// Which items of each axis are shown.
pub(super) struct Layout {
    /// Outermost first.
    axes: Vec<Axis>,
    /// Whether the array has no elements.
    empty: bool,
}

/// What is shown of one axis: items at its start, perhaps a gap, items at its end.
pub(super) struct Axis {
    /// Items shown before the gap.
    leading: usize,
    /// Items shown after the gap, or all items if there is none.
    trailing: usize,
    /// Whether items in between are left out.
    gap: bool,
    /// How many items there are.
    extent: usize,
}

/// What stays the same from row to row.
struct Row<'a> {
    bytes: &'a [u8],
    dtype: DType,
    format: ElementFormat,
    separator: &'a str,
}

impl Layout {
    pub(super) fn new(ty: &Type, options: &PrintOptions) -> Layout {
        let size = ty.shape.size();
        let axis = |&extent: &usize| {
            let gap = size > options.threshold && extent > options.edgeitems.saturating_mul(2);
            let (leading, trailing) = match gap {
                // The last item always shows, even with no edge items.
                true => (options.edgeitems, options.edgeitems.max(1)),
                false => (0, extent),
            };
            Axis { leading, trailing, gap, extent }
        };
        Layout { axes: ty.shape.iter().map(axis).collect(), empty: size == 0 }
    }

    /// The text of the array, its first line starting at column `indent - 1` and no line longer than `width`.
    ///
    /// Source: `_array2string` in NumPy's `arrayprint.py`.
    ///
    /// # Panics
    /// If an element shown is missing from the bytes.
    pub(super) fn render(
        &self,
        bytes: &[u8],
        dtype: DType,
        options: &PrintOptions,
        separator: &str,
        indent: usize,
        width: isize,
    ) -> String {
        if self.empty {
            return "[]".to_owned();
        }
        let mut shown = Vec::new();
        collect(&self.axes, 0, &mut |index| shown.push(Value::read(bytes, dtype, index)));
        let format = ElementFormat::new(dtype, self.axes.len(), &shown, options);
        let row = Row { bytes, dtype, format, separator };
        row.nested(&self.axes, 0, indent, width)
    }
}

/// Visits the positions of all elements shown. The recursion is as deep as the array has axes.
fn collect(axes: &[Axis], base: usize, visit: &mut dyn FnMut(usize)) {
    match axes.split_first() {
        None => visit(base),
        Some((axis, inner)) => {
            for item in axis.items().flatten() {
                collect(inner, base * axis.extent + item, visit);
            }
        }
    }
}

impl Axis {
    /// The positions of what is shown, with `None` for the gap. Never empty unless the axis is.
    fn items(&self) -> impl Iterator<Item = Option<usize>> + use<> {
        let leading = (0..self.leading).map(Some);
        let trailing = (self.extent - self.trailing..self.extent).map(Some);
        leading.chain(self.gap.then_some(None)).chain(trailing)
    }
}

impl Row<'_> {
    /// The text of the part of the array at `base`. The recursion is as deep as the array has axes.
    fn nested(&self, axes: &[Axis], base: usize, indent: usize, width: isize) -> String {
        match axes.split_first() {
            None => self.word(base),
            Some((axis, [])) => self.line(axis, base, indent, width),
            Some((axis, inner)) => {
                // One line break for each axis that ends here, so that planes stand apart.
                let between = self.separator.trim_end().to_owned() + &"\n".repeat(inner.len());
                let parts: Vec<String> = axis
                    .items()
                    .map(|item| match item {
                        None => "...".to_owned(),
                        Some(item) => self.nested(inner, base * axis.extent + item, indent + 1, width - 1),
                    })
                    .collect();
                format!("[{}]", parts.join(&(between + &" ".repeat(indent))))
            }
        }
    }

    /// The elements of an innermost row, wrapped where they would pass the width.
    fn line(&self, axis: &Axis, base: usize, indent: usize, width: isize) -> String {
        // Room for the separator or the bracket that follows an element.
        let width = width - self.separator.trim_end().len().max(1) as isize;
        let margin = " ".repeat(indent);
        let mut done = String::new();
        let mut line = margin.clone();
        for (position, item) in axis.items().enumerate() {
            if position > 0 {
                line += self.separator;
            }
            let word = match item {
                None => "...".to_owned(),
                Some(item) => self.word(base * axis.extent + item),
            };
            // A break does not help a word that starts its line already.
            if line.len() > indent && (line.len() + word.len()) as isize > width {
                done += line.trim_end();
                done.push('\n');
                line.clone_from(&margin);
            }
            line += &word;
        }
        done += &line;
        format!("[{}]", &done[indent..])
    }

    fn word(&self, index: usize) -> String {
        self.format.text(Value::read(self.bytes, self.dtype, index))
    }
}
