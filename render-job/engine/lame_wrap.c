#include <stdint.h>

/*
 * Two functions of LAME that the linker replaces (ld(1), --wrap) because the encoder is linked
 * statically.
 *
 * has_SSE() tells whether LAME may use its SSE routines. If LAME was built without an assembler, as
 * Debian's was, it always says no, although the routines are in the library. Every x86-64 processor
 * has SSE2.
 *
 * UpdateMusicCRC() computes a checksum for LAME's own information frame. Ours is written by mp3.c.
 */
int __wrap_has_SSE(void);
void __wrap_UpdateMusicCRC(uint16_t *crc, const unsigned char *data, int len);

int
__wrap_has_SSE(void)
{
#ifdef __SSE2__
	return 1;
#else
	return 0;
#endif
}

void
__wrap_UpdateMusicCRC(uint16_t *crc, const unsigned char *data, int len)
{
}
