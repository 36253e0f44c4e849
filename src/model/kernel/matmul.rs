//! A safe face of the `gemm` crate: matrices are slices with strides, checked before a pointer is made.
//!
//! Simplification: f32 only, and the result is always stored row by row.
#![allow(unsafe_code)]

/// A matrix seen in a slice; element (r, c) stands at `r * row_stride + c * col_stride`.
#[derive(Clone, Copy)]
pub struct Matrix<'a> {
    data: &'a [f32],
    rows: usize,
    cols: usize,
    row_stride: usize,
    col_stride: usize,
}

impl<'a> Matrix<'a> {
    /// `rows` rows of `cols` numbers whose beginnings are `stride` apart in `data`.
    ///
    /// # Panics
    /// When the matrix does not fit into `data`: a mistake of the caller, as with slice indices.
    #[must_use]
    pub fn new(data: &'a [f32], rows: usize, cols: usize, stride: usize) -> Self {
        check_fit(data.len(), rows, cols, stride);
        Matrix {
            data,
            rows,
            cols,
            row_stride: stride,
            col_stride: 1,
        }
    }

    /// The same numbers with rows and columns exchanged; nothing is moved.
    #[must_use]
    pub fn transposed(self) -> Self {
        Matrix {
            rows: self.cols,
            cols: self.rows,
            row_stride: self.col_stride,
            col_stride: self.row_stride,
            ..self
        }
    }
}

/// What happens to the numbers that stand in the result already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Write {
    /// They are overwritten.
    Replace,
    /// The product is added to them.
    Add,
}

/// Who computes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Threads {
    /// The calling thread alone: for products inside a loop that is parallel itself.
    One,
    /// Rayon's current pool.
    Pool,
}

/// `out = scale * a b` (or `out += …`); `out` holds `a.rows` rows of `b.cols`, `out_stride` apart.
///
/// # Panics
/// When the inner sizes differ or the result does not fit into `out`: a mistake of the caller.
pub fn multiply(
    out: &mut [f32],
    out_stride: usize,
    a: Matrix<'_>,
    b: Matrix<'_>,
    scale: f32,
    write: Write,
    threads: Threads,
) {
    assert_eq!(a.cols, b.rows, "inner sizes of a product");
    check_fit(out.len(), a.rows, b.cols, out_stride);
    let parallelism = match (threads, rayon::current_num_threads()) {
        (Threads::One, _) | (_, 1) => gemm::Parallelism::None,
        (Threads::Pool, n) => gemm::Parallelism::Rayon(n),
    };
    let add = write == Write::Add;
    // SAFETY: `check_fit` held for all three matrices (transposing keeps the same elements), so every element gemm
    // touches lies inside its slice; rows of `out` do not overlap because their stride is at least their length;
    // `out` is borrowed exclusively, so it aliases neither `a` nor `b`. Strides fit `isize` as slice lengths do.
    // gemm calls the factor of the old result `alpha` and that of the product `beta`.
    unsafe {
        gemm::gemm(
            a.rows,
            b.cols,
            a.cols,
            out.as_mut_ptr(),
            1,
            out_stride as isize,
            add,
            a.data.as_ptr(),
            a.col_stride as isize,
            a.row_stride as isize,
            b.data.as_ptr(),
            b.col_stride as isize,
            b.row_stride as isize,
            if add { 1.0 } else { 0.0 },
            scale,
            false,
            false,
            false,
            parallelism,
        );
    }
}

/// Holds when `rows` rows of `cols` numbers, `stride` apart and not overlapping, lie within `len` numbers.
fn check_fit(len: usize, rows: usize, cols: usize, stride: usize) {
    assert!(cols <= stride && stride <= isize::MAX as usize, "rows overlap");
    let last = rows
        .checked_sub(1)
        .map_or(Some(0), |before| before.checked_mul(stride));
    let end = last.and_then(|start| start.checked_add(cols));
    assert!(
        rows == 0 || end.is_some_and(|end| end <= len),
        "a matrix outside its slice"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_of_strided_and_transposed_matrices_are_right() {
        // a = [1 2; 3 4] inside rows of 3, b = [5 6; 7 8].
        let (a, b) = ([1., 2., 9., 3., 4.], [5., 6., 7., 8.]);
        let (a, b) = (Matrix::new(&a, 2, 2, 3), Matrix::new(&b, 2, 2, 2));
        let mut out = [0.0; 5];
        multiply(&mut out, 3, a, b, 1.0, Write::Replace, Threads::One);
        assert_eq!(out, [19., 22., 0., 43., 50.]);
        multiply(&mut out, 3, a.transposed(), b, 2.0, Write::Add, Threads::Pool);
        assert_eq!(out, [71., 82., 0., 119., 138.]);
    }

    #[test]
    #[should_panic(expected = "outside its slice")]
    fn a_matrix_outside_its_slice_is_refused() {
        let _ = Matrix::new(&[0.0; 4], 2, 3, 3);
    }
}
