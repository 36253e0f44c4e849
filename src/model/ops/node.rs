//! A value that was computed outside of candle's graph, put into it with a backward of its own: for any device.
//!
//! candle's own graph keeps every intermediate result and computes the gradients of constants too. An operation that is
//! written this way keeps what its backward needs, and may use candle-nn's fused kernels, which know no gradient.

use candle_core::{
    CpuStorage, CudaStorage, CustomOp1, CustomOp2, CustomOp3, Layout, MetalStorage, Result, Shape, Storage,
    Tensor, backend::BackendStorage,
};

/// The value, and how the gradient of it becomes those of what it was computed from.
pub struct Node<B> {
    name: &'static str,
    value: Tensor,
    backward: B,
}

impl<B> Node<B> {
    /// `value`, which is on the device of what it was computed from. `backward` gets a contiguous gradient, and gives
    /// one of the shape and type of each argument.
    ///
    /// # Errors
    /// candle's, when memory is short.
    pub fn new(name: &'static str, value: &Tensor, backward: B) -> Result<Self> {
        let whole = value.is_contiguous() && value.layout().start_offset() == 0;
        let value = if whole {
            value.detach()
        } else {
            value.detach().force_contiguous()?
        };
        Ok(Self {
            name,
            value,
            backward,
        })
    }

    fn copy<S: BackendStorage>(&self, here: impl Fn(&Storage) -> Option<&S>) -> Result<(S, Shape)> {
        let (storage, layout) = self.value.storage_and_layout();
        match here(&storage) {
            Some(storage) => Ok((storage.try_clone(layout)?, layout.shape().clone())),
            None => candle_core::bail!(
                "{}: the result is on another device than its arguments",
                self.name
            ),
        }
    }

    fn cpu(&self) -> Result<(CpuStorage, Shape)> {
        self.copy(|storage| match storage {
            Storage::Cpu(storage) => Some(storage),
            _ => None,
        })
    }

    fn cuda(&self) -> Result<(CudaStorage, Shape)> {
        self.copy(|storage| match storage {
            Storage::Cuda(storage) => Some(storage),
            _ => None,
        })
    }

    fn metal(&self) -> Result<(MetalStorage, Shape)> {
        self.copy(|storage| match storage {
            Storage::Metal(storage) => Some(storage),
            _ => None,
        })
    }
}

type Gradient = Option<Tensor>;

impl<B: Fn(&Tensor) -> Result<Tensor>> CustomOp1 for Node<B> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn cpu_fwd(&self, _: &CpuStorage, _: &Layout) -> Result<(CpuStorage, Shape)> {
        self.cpu()
    }

    fn cuda_fwd(&self, _: &CudaStorage, _: &Layout) -> Result<(CudaStorage, Shape)> {
        self.cuda()
    }

    fn metal_fwd(&self, _: &MetalStorage, _: &Layout) -> Result<(MetalStorage, Shape)> {
        self.metal()
    }

    fn bwd(&self, _: &Tensor, _: &Tensor, g: &Tensor) -> Result<Gradient> {
        (self.backward)(&g.contiguous()?).map(Some)
    }
}

impl<B: Fn(&Tensor) -> Result<[Tensor; 2]>> CustomOp2 for Node<B> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn cpu_fwd(&self, _: &CpuStorage, _: &Layout, _: &CpuStorage, _: &Layout) -> Result<(CpuStorage, Shape)> {
        self.cpu()
    }

    fn cuda_fwd(
        &self,
        _: &CudaStorage,
        _: &Layout,
        _: &CudaStorage,
        _: &Layout,
    ) -> Result<(CudaStorage, Shape)> {
        self.cuda()
    }

    fn metal_fwd(
        &self,
        _: &MetalStorage,
        _: &Layout,
        _: &MetalStorage,
        _: &Layout,
    ) -> Result<(MetalStorage, Shape)> {
        self.metal()
    }

    fn bwd(&self, _: &Tensor, _: &Tensor, _: &Tensor, g: &Tensor) -> Result<(Gradient, Gradient)> {
        let [a, b] = (self.backward)(&g.contiguous()?)?;
        Ok((Some(a), Some(b)))
    }
}

impl<B: Fn(&Tensor) -> Result<[Tensor; 3]>> CustomOp3 for Node<B> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn cpu_fwd(
        &self,
        _: &CpuStorage,
        _: &Layout,
        _: &CpuStorage,
        _: &Layout,
        _: &CpuStorage,
        _: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        self.cpu()
    }

    fn cuda_fwd(
        &self,
        _: &CudaStorage,
        _: &Layout,
        _: &CudaStorage,
        _: &Layout,
        _: &CudaStorage,
        _: &Layout,
    ) -> Result<(CudaStorage, Shape)> {
        self.cuda()
    }

    fn metal_fwd(
        &self,
        _: &MetalStorage,
        _: &Layout,
        _: &MetalStorage,
        _: &Layout,
        _: &MetalStorage,
        _: &Layout,
    ) -> Result<(MetalStorage, Shape)> {
        self.metal()
    }

    fn bwd(
        &self,
        _: &Tensor,
        _: &Tensor,
        _: &Tensor,
        _: &Tensor,
        g: &Tensor,
    ) -> Result<(Gradient, Gradient, Gradient)> {
        let [a, b, c] = (self.backward)(&g.contiguous()?)?;
        Ok((Some(a), Some(b), Some(c)))
    }
}
