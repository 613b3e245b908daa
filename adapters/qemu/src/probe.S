# Firmware that does what kernels do first, then counts, and then ends qemu with status 67.
#
# The bytes of accel.rs are made of it by
#   as --64 -o probe.o probe.S && ld -m elf_x86_64 -Ttext 0 -e 0 --oformat binary -o probe.bin probe.o
        .code16
start:  cli
        ljmp    $0xf000, $low           # the same bytes below 1 MiB
low:    xorw    %ax, %ax
        movw    %ax, %ds
        movl    $0x2003, 0x1000         # page tables: the first 2 MiB where they are
        movl    $0x3003, 0x2000
        movl    $0x83, 0x3000
        lgdtl   %cs:gdtr
        movl    %cr0, %eax
        orb     $1, %al
        movl    %eax, %cr0              # protected mode
        ljmpl   $8, $0xf0000 + protected
        .code32
protected:
        movw    $16, %ax
        movw    %ax, %ds
        movl    %cr4, %eax
        orb     $0x20, %al              # PAE
        movl    %eax, %cr4
        movl    $0x1000, %eax
        movl    %eax, %cr3
        movl    $0xc0000080, %ecx       # EFER
        rdmsr
        orb     $1, %ah                 # LME
        wrmsr
        movl    %cr0, %eax
        orl     $0x80000000, %eax       # paging, and with it long mode
        movl    %eax, %cr0
        ljmp    $24, $0xf0000 + long
        .code64
long:   movl $100000000, %ecx       # a processor needs a twentieth of a second
1:      decl    %ecx
        jnz     1b
   movw    $0xf4, %dx
        movb    $0x21, %al
        outb    %al, %dx                # isa-debug-exit: 0x21 * 2 + 1
halt:   hlt
        jmp     halt
        .balign 8
gdt:    .quad   0
        .quad   0x00cf9b000000ffff      # 8: code, 32 bits
        .quad   0x00cf93000000ffff      # 16: data
        .quad   0x00af9b000000ffff      # 24: code, 64 bits
gdtr:   .word   31
        .long   0xf0000 + gdt
