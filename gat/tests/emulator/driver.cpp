// A CUDA driver, NVRTC and the little of cuBLAS and cuRAND that the engine calls, on the CPU: so that
// the whole CUDA build runs without a GPU, host side included (.ci/cuda-emulated.sh). NVRTC compiles
// our kernels with a C++ compiler; the "PTX" that it returns is the path of a library. Kernels of
// candle are known by name.
//
// Every allocation ends at a page that cannot be touched and starts as NaN; memory is released once.
//   $CXX           the compiler (c++)
//   $GAT_EMULATOR  this folder

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <map>
#include <mutex>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

#define API extern "C" int
typedef unsigned long long Address;

static std::recursive_mutex lock;
static std::map<Address, std::pair<void *, size_t>> blocks;

static Address allocate(size_t size) {
    std::lock_guard<std::recursive_mutex> guard(lock);
    const size_t page = sysconf(_SC_PAGESIZE), padded = (size + 15) / 16 * 16;
    const size_t all = (padded + page - 1) / page * page + page;
    char *start = static_cast<char *>(mmap(nullptr, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (start == MAP_FAILED || mprotect(start + all - page, page, PROT_NONE) != 0) return 0;
    const Address at = reinterpret_cast<Address>(start) + all - page - padded;
    std::memset(reinterpret_cast<void *>(at), 0xff, padded);
    blocks[at] = {start, all};
    return at;
}

static void release(Address at) {
    std::lock_guard<std::recursive_mutex> guard(lock);
    const auto block = blocks.find(at);
    if (block == blocks.end()) {
        std::fprintf(stderr, "emulated driver: memory is released twice\n");
        std::abort();
    }
    munmap(block->second.first, block->second.second);
    blocks.erase(block);
}

static void *pointer(Address at) { return reinterpret_cast<void *>(at); }

// ---- driver ------------------------------------------------------------------------------------

static char handle[1]; // contexts, streams, events: there is one of each

#define NOTHING(name) API name() { return 0; }
#define HANDLE(name) API name(void **to) { *to = handle; return 0; }
NOTHING(cuInit)
NOTHING(cuCtxSetCurrent)
NOTHING(cuCtxDestroy_v2)
NOTHING(cuDevicePrimaryCtxRelease_v2)
NOTHING(cuEventDestroy_v2)
NOTHING(cuEventRecord)
NOTHING(cuStreamDestroy_v2)
NOTHING(cuStreamSynchronize)
NOTHING(cuStreamWaitEvent)
NOTHING(cuModuleUnload)
HANDLE(cuCtxGetCurrent)
HANDLE(cuDevicePrimaryCtxRetain)
HANDLE(cuEventCreate)
API cuDeviceGet(int *to) { *to = 0; return 0; }
API cuStreamIsCapturing(void *, int *to) { *to = 0; return 0; }
API cuGetErrorName(int, const char **to) { *to = "EMULATED"; return 0; }
API cuGetErrorString(int, const char **to) { *to = "an error of the emulated driver"; return 0; }
API cuDeviceGetAttribute(int *to, int which) {
    *to = which == 75 ? 9 : which == 115 ? 1 : 0; // sm_90 with memory pools
    return 0;
}
API cuMemGetInfo_v2(size_t *free, size_t *total) {
    *free = *total = size_t(8) << 30;
    return 0;
}
API cuMemAlloc_v2(Address *to, size_t size) { *to = allocate(size); return *to ? 0 : 2; }
API cuMemAllocAsync(Address *to, size_t size, void *) { *to = allocate(size); return *to ? 0 : 2; }
API cuMemFree_v2(Address at) { release(at); return 0; }
API cuMemFreeAsync(Address at, void *) { release(at); return 0; }
API cuMemsetD8Async(Address at, unsigned char value, size_t size, void *) { std::memset(pointer(at), value, size); return 0; }
API cuMemcpyHtoDAsync_v2(Address to, const void *from, size_t size, void *) { std::memcpy(pointer(to), from, size); return 0; }
API cuMemcpyDtoHAsync_v2(void *to, Address from, size_t size, void *) { std::memcpy(to, pointer(from), size); return 0; }
API cuMemcpyDtoDAsync_v2(Address to, Address from, size_t size, void *) { std::memcpy(pointer(to), pointer(from), size); return 0; }
API cuMemcpyPeerAsync() { return 1; }
API cuModuleLoad() { return 1; }

// ---- modules and launches ----------------------------------------------------------------------

typedef void (*Run)(const char *, void **, unsigned, unsigned);

struct Function {
    std::string name;
    Run run; // null: one of candle's
};

API cuModuleLoadData(void **module, const char *image) {
    *module = handle;
    if (image[0] != '/') return 0; // candle's PTX, empty in such a build
    void *library = dlopen(image, RTLD_NOW | RTLD_LOCAL);
    if (!library) return std::fprintf(stderr, "emulated driver: %s\n", dlerror()), 200;
    *module = dlsym(library, "run_kernel");
    return 0;
}

API cuModuleGetFunction(void **function, void *module, const char *name) {
    *function = new Function{name, module == handle ? nullptr : reinterpret_cast<Run>(module)};
    return 0;
}

template <typename T> static T argument(void **args, int at) { return *static_cast<T *>(args[at]); }

static size_t place(size_t i, size_t dims, const size_t *sizes, const size_t *strides) {
    size_t at = 0;
    for (size_t d = dims; d-- > 0; i /= sizes[d]) at += i % sizes[d] * strides[d];
    return at;
}

// (count, dims, sizes and strides or null, inputs, output, scalars): the shape of candle's kernels.
template <typename T> static bool candle(const std::string &name, void **args) {
    const size_t count = argument<size_t>(args, 0), dims = argument<size_t>(args, 1);
    const size_t *info = argument<const size_t *>(args, 2);
    const T *x = argument<const T *>(args, 3);
    auto at = [&](size_t i, int which) { return info ? place(i, dims, info, info + dims * which) : i; };
    if (name == "badd" || name == "bdiv") {
        const T *y = argument<const T *>(args, 4);
        T *out = argument<T *>(args, 5);
        for (size_t i = 0; i < count; ++i) {
            const T a = x[at(i, 1)], b = y[at(i, 2)];
            out[i] = name == "badd" ? a + b : a / b;
        }
        return true;
    }
    T *out = argument<T *>(args, 4);
    for (size_t i = 0; i < count; ++i) {
        const T a = x[at(i, 1)];
        if (name == "ucopy") out[i] = a;
        else if (name == "urelu") out[i] = a > 0 ? a : 0;
        else if (name == "uneg") out[i] = -a;
        else if (name == "uexp") out[i] = std::exp(a);
        else if (name == "urecip") out[i] = 1 / a;
        else if (name == "affine") out[i] = a * argument<T>(args, 5) + argument<T>(args, 6);
        else return false;
    }
    return true;
}

API cuLaunchKernel(Function *function, unsigned grid, unsigned, unsigned, unsigned block, unsigned,
                   unsigned, unsigned, void *, void **args, void **) {
    std::lock_guard<std::recursive_mutex> guard(lock);
    if (grid == 0 || block == 0 || block > 1024) return 1;
    if (function->run) return function->run(function->name.c_str(), args, grid, block), 0;
    const size_t cut = function->name.rfind('_');
    const std::string name = function->name.substr(0, cut), type = function->name.substr(cut + 1);
    if (type == "f32" ? candle<float>(name, args) : type == "f64" && candle<double>(name, args)) return 0;
    std::fprintf(stderr, "emulated driver: no kernel %s\n", function->name.c_str());
    return 1;
}

// ---- NVRTC -------------------------------------------------------------------------------------

struct Program {
    std::string source, log, image;
};

API nvrtcCreateProgram(Program **to, const char *source) { *to = new Program{source, "", ""}; return 0; }
API nvrtcDestroyProgram(Program **program) { delete *program; *program = nullptr; return 0; }
API nvrtcGetProgramLogSize(Program *program, size_t *size) { *size = program->log.size() + 1; return 0; }
API nvrtcGetProgramLog(Program *program, char *to) { std::strcpy(to, program->log.c_str()); return 0; }
API nvrtcGetPTXSize(Program *program, size_t *size) { *size = program->image.size() + 1; return 0; }
API nvrtcGetPTX(Program *program, char *to) { std::strcpy(to, program->image.c_str()); return 0; }

API nvrtcCompileProgram(Program *program, int count, const char **options) {
    const char *temporary = std::getenv("TMPDIR");
    std::string folder = std::string(temporary ? temporary : "/tmp") + "/gat-emulated-XXXXXX";
    const char *compiler = std::getenv("CXX"), *headers = std::getenv("GAT_EMULATOR");
    if (!headers || !mkdtemp(folder.data())) return program->log = "GAT_EMULATOR is not set", 6;
    const std::string file = folder + "/kernels";
    std::string text = "#include \"cuda.h\"\n#include \"invoke.h\"\n" + program->source;
    text += "\nextern \"C\" void run_kernel(const char *name, void **args, unsigned grid, unsigned block) {\n";
    for (const char *name : {"attend", "attend_hubs", "attend_wide", "first_not_finite", "head_dot", "fill_loops"}) {
        if (program->source.find(std::string(" ") + name + "(") == std::string::npos) continue;
        text += std::string("    if (!std::strcmp(name, \"") + name + "\"))\n        return emulator::launch(grid, block, [&] { invoke(" + name + ", args); });\n";
    }
    text += "    emulator::fail(name, 0);\n}\n";
    FILE *out = std::fopen((file + ".cpp").c_str(), "w");
    if (!out) return program->log = "no temporary file", 6;
    std::fputs(text.c_str(), out);
    std::fclose(out);
    std::string command = std::string(compiler ? compiler : "c++") + " -std=c++17 -Og -w -fPIC -shared -U_FORTIFY_SOURCE -ffp-contract=off -I" + headers;
    for (int at = 0; at < count; ++at) {
        if (!std::strncmp(options[at], "-D", 2)) command += std::string(" '") + options[at] + "'";
    }
    command += " -o " + file + ".so " + file + ".cpp 2>" + file + ".log";
    if (std::system(command.c_str()) != 0) return program->log = "see " + file + ".log", 6;
    program->image = file + ".so";
    return 0;
}

// ---- cuBLAS and cuRAND -------------------------------------------------------------------------

HANDLE(cublasCreate_v2)
NOTHING(cublasDestroy_v2)
NOTHING(cublasSetStream_v2)
HANDLE(curandCreateGenerator)
NOTHING(curandDestroyGenerator)
NOTHING(curandSetPseudoRandomGeneratorSeed)
NOTHING(curandSetStream)

template <typename T>
static int gemm(int ta, int tb, int m, int n, int k, const T *alpha, const T *a, int lda, long long da,
                const T *b, int ldb, long long db, const T *beta, T *c, int ldc, long long dc, int count) {
    if (*beta != 0) return 7; // c is not read
    for (int which = 0; which < count; ++which, a += da, b += db, c += dc) {
        for (int j = 0; j < n; ++j) {
            for (int i = 0; i < m; ++i) {
                T sum = 0;
                for (int l = 0; l < k; ++l) {
                    sum += (ta ? a[l + (long long)i * lda] : a[i + (long long)l * lda]) *
                           (tb ? b[j + (long long)l * ldb] : b[l + (long long)j * ldb]);
                }
                c[i + (long long)j * ldc] = *alpha * sum;
            }
        }
    }
    return 0;
}

API cublasDgemmStridedBatched(void *, int ta, int tb, int m, int n, int k, const double *alpha,
                              const double *a, int lda, long long da, const double *b, int ldb, long long db,
                              const double *beta, double *c, int ldc, long long dc, int count) {
    return gemm(ta, tb, m, n, k, alpha, a, lda, da, b, ldb, db, beta, c, ldc, dc, count);
}

API cublasGemmStridedBatchedEx(void *, int ta, int tb, int m, int n, int k, const void *alpha, const void *a,
                               int type, int lda, long long da, const void *b, int, int ldb, long long db,
                               const void *beta, void *c, int, int ldc, long long dc, int count) {
    if (type != 0) return 15; // CUDA_R_32F alone
    return gemm(ta, tb, m, n, k, (const float *)alpha, (const float *)a, lda, da, (const float *)b, ldb, db,
                (const float *)beta, (float *)c, ldc, dc, count);
}
