/* Any bytes as a gzip file, and any damage to a good one: read in random portions, the layer gives
 * what zlib gives, bytes and verdict (gzip_reference.h: compare). The first four bytes choose
 * portions and damage; the rest is the file, its deflate data, or what a good file holds. */
#include <assert.h>

#include "tests/unit/gzip_reference.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_SIZE = 1 << 14, SPARE = 1024 };

static unsigned char file[2 * MAX_SIZE + SPARE];

/* A good file that holds the bytes 20 times, then damaged at two places. */
static size_t
packed(const uint8_t *data, size_t size, uint32_t seed)
{
    static const int levels[] = {1, 6, 9}, strategies[] = {Z_DEFAULT_STRATEGY, Z_FIXED, Z_RLE};
    z_stream z = {0};
    size_t n;

    if (deflateInit2(&z, levels[seed % 3], Z_DEFLATED, 15 + 16, 8, strategies[seed / 3 % 3]) !=
        Z_OK)
        abort();
    z.next_out = file;
    z.avail_out = sizeof(file);
    for (int i = 0; i < 20; i++) {
        z.next_in = (unsigned char *)(uintptr_t)data;
        z.avail_in = (uInt)size;
        deflate(&z, i == 19 ? Z_FINISH : i % 7 == 6 ? Z_FULL_FLUSH : Z_NO_FLUSH);
    }
    n = sizeof(file) - z.avail_out;
    deflateEnd(&z);
    for (int i = 0; i < 2 && seed & 64; i++)
        file[random_below(&seed, n)] ^= (unsigned char)(1 << random_below(&seed, 8));
    return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned char head[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
    static unsigned char a[MAX_OUT], b[MAX_OUT];
    struct outcome zlib = {.p = a}, ours = {.p = b};
    uint32_t seed;
    size_t n;

    if (size < 4 || size > MAX_SIZE)
        return 0;
    memcpy(&seed, data, 4);
    data += 4;
    n = size - 4;
    if (seed & 128) {
        n = packed(data, n, seed & 127);
    } else {
        size_t from = seed & 1 ? sizeof(head) : 0;

        memcpy(file, head, sizeof(head));
        memcpy(file + from, data, n);
        n += from;
    }
    read_by_zlib((struct tl_str){(char *)file, n}, &zlib);
    assert(read_by_layer((struct tl_str){(char *)file, n}, 1 + (seed >> 8 & 0xfff),
                         1 + (seed >> 20) * 64, seed >> 1, false, &ours));
    assert(!compare(&zlib, &ours));
    return 0;
}
