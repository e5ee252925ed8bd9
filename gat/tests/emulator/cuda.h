// Runs CUDA kernels on the CPU, for tests: the threads of a block are fibers that run one after the
// other and wait for each other at shuffles and barriers. Blocks run one after the other.
//
// What a GPU would leave undefined stops the program: lanes of a warp that meet at different
// shuffles, a lane that leaves while others wait. Every case runs with lanes in ascending and in
// descending order, so that results which depend on the order differ.
#pragma once

#include <csetjmp>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <vector>
#include <ucontext.h>

struct Index {
    unsigned x;
};
static Index threadIdx, blockIdx, blockDim, gridDim;

#define __device__
#define __global__
#define __forceinline__ inline
#define __launch_bounds__(n)
#define __shared__ static

namespace emulator {

constexpr int MOST_THREADS = 512;
constexpr size_t STACK = 64 * 1024;

struct Fiber {
    ucontext_t start;
    jmp_buf at;
    bool started = false, done = true;
    std::vector<char> stack;
};

// Threads that meet: a warp or a block.
struct Meeting {
    int members = 0, arrived = 0, place = 0;
    unsigned long round = 0;
};

static Fiber fibers[MOST_THREADS];
static Meeting warps[MOST_THREADS / 32], whole;
static jmp_buf scheduler;
static int current = 0, progress = 0;
static std::function<void()> kernel;
static unsigned char exchanged[MOST_THREADS][16];
static bool descending = false;

[[noreturn]] inline void fail(const char *what, int place) {
    std::printf("emulator: %s (line %d, block %u, thread %d)\n", what, place, blockIdx.x, current);
    std::exit(3);
}

// Back to the scheduler; returns when this thread is next.
inline void pause_thread() {
    if (_setjmp(fibers[current].at) == 0) _longjmp(scheduler, 1);
}

inline void meet(Meeting &meeting, int place) {
    if (meeting.arrived == 0) meeting.place = place;
    if (meeting.place != place) fail("lanes meet at different places", place);
    progress++;
    if (++meeting.arrived == meeting.members) {
        meeting.arrived = 0;
        meeting.round++;
        return;
    }
    for (const unsigned long round = meeting.round; meeting.round == round;) pause_thread();
}

// A fiber is made once and runs one thread after the other.
inline void thread_body() {
    for (;;) {
        kernel();
        fibers[current].done = true;
        if (warps[current / 32].arrived > 0 || whole.arrived > 0) fail("left while others wait", 0);
        warps[current / 32].members--;
        whole.members--;
        progress++;
        pause_thread();
    }
}

inline void make(Fiber &fiber) {
    fiber.stack.resize(STACK);
    getcontext(&fiber.start);
    fiber.start.uc_stack.ss_sp = fiber.stack.data();
    fiber.start.uc_stack.ss_size = STACK;
    fiber.start.uc_link = nullptr;
    makecontext(&fiber.start, thread_body, 0);
}

inline void run_block() {
    const int threads = blockDim.x;
    whole = Meeting{threads};
    for (int w = 0; w < threads / 32; ++w) warps[w] = Meeting{32};
    for (int t = 0; t < threads; ++t) {
        if (fibers[t].stack.empty()) make(fibers[t]);
        fibers[t].done = false;
    }
    for (volatile int left = 1; left;) {
        left = 0;
        progress = 0;
        for (volatile int step = 0; step < threads; step = step + 1) {
            const int t = descending ? threads - 1 - step : int(step);
            if (fibers[t].done) continue;
            left = left + 1;
            current = t;
            threadIdx.x = t;
            if (_setjmp(scheduler) == 0) {
                if (fibers[t].started) _longjmp(fibers[t].at, 1);
                fibers[t].started = true;
                setcontext(&fibers[t].start);
            }
        }
        if (left && progress == 0) fail("threads wait for ever", 0);
    }
}

// kernel<<<blocks, threads>>>
inline void launch(unsigned blocks, unsigned threads, std::function<void()> body) {
    kernel = std::move(body);
    gridDim.x = blocks;
    blockDim.x = threads;
    for (unsigned block = 0; block < blocks; ++block) {
        blockIdx.x = block;
        run_block();
    }
}

template <typename T> T exchange(int place, unsigned mask, T value, int from) {
    if (mask != 0xffffffffu) fail("only full masks are known", place);
    const int me = current;
    std::memcpy(exchanged[me], &value, sizeof value);
    meet(warps[me / 32], place);
    std::memcpy(&value, exchanged[me / 32 * 32 + from % 32], sizeof value);
    meet(warps[me / 32], place);
    return value;
}

template <typename T> void lower(T *at, T value) {
    if (value < *at) *at = value;
}

} // namespace emulator

#define __shfl_xor_sync(mask, value, offset)                                                       \
    emulator::exchange(__LINE__, mask, value, emulator::current % 32 ^ (offset))
#define __shfl_sync(mask, value, lane) emulator::exchange(__LINE__, mask, value, lane)
#define __syncwarp() emulator::meet(emulator::warps[emulator::current / 32], __LINE__)
#define __syncthreads() emulator::meet(emulator::whole, __LINE__)
#define atomicMin(at, value) emulator::lower(at, decltype(*(at) + 0)(value))
